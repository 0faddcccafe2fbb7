/** Deployments as people write them: a line for each, `model = deployment`. */
export function deploymentsText(deployments: Readonly<Record<string, string>>): string {
  return Object.entries(deployments)
    .map(([model, deployment]) => `${model} = ${deployment}`)
    .join('\n')
}

/** The same read back; undefined where a line is none. Empty lines are passed over. */
export function deploymentsFrom(text: string): Record<string, string> | undefined {
  const deployments: Record<string, string> = {}
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const [model = '', deployment = '', ...rest] = line.split('=').map((part) => part.trim())
    if (model === '' || deployment === '' || rest.length > 0) return undefined
    deployments[model] = deployment
  }
  return deployments
}
