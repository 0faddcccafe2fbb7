/**
 * Makes a text safe as a cell of a CSV file: an apostrophe is put before texts that a spreadsheet would take for a formula
 * (OWASP: CSV injection). Not for phone numbers in E.164, which begin with a plus sign.
 */
export function escapeFormula(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}
