/**
 * A text as a cell of a CSV file: one that a spreadsheet would take for a formula is led by an apostrophe (OWASP: CSV
 * injection). Phone numbers in E.164 are written by the caller as they are.
 */
export function formulaSafe(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}
