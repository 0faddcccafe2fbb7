/** Formats the lines that the terminal shows once the server is ready. The most important line comes first. */
export function formatWelcome(lines: readonly string[]): string {
  return ['', ...lines.map((line) => `  ${line}`), ''].join('\n')
}
