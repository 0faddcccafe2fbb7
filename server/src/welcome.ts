/** What stands in the terminal once the server answers: a line a thing to know, in the order in which they matter. */
export function welcome(lines: readonly string[]): string {
  return ['', ...lines.map((line) => `  ${line}`), ''].join('\n')
}
