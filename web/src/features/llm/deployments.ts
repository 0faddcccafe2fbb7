/** Writes deployments as text, one `model = deployment` a line. */
export function formatDeployments(deployments: Readonly<Record<string, string>>): string {
  return Object.entries(deployments)
    .map(([model, deployment]) => `${model} = ${deployment}`)
    .join('\n')
}

/** Parses deployments from text with one `model = deployment` a line; undefined if a line is invalid. Skips empty lines. */
export function parseDeployments(text: string): Record<string, string> | undefined {
  const deployments: Record<string, string> = {}
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const [model = '', deployment = '', ...rest] = line.split('=').map((part) => part.trim())
    if (model === '' || deployment === '' || rest.length > 0) return undefined
    deployments[model] = deployment
  }
  return deployments
}
