/** Formats what the terminal shows once the server answers. The most important line comes first. */
export function formatWelcome(lines: readonly string[]): string {
  return ['', ...lines.map((line) => `  ${line}`), ''].join('\n')
}
