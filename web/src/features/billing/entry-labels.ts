import type { Transaction } from '../../api/types.ts'
import { creditsFixed } from '../../design/format/credits.ts'

/** The kinds of ledger entries. */
export const entryLabels: Record<Transaction['kind'], string> = {
  call: 'Call',
  monthly_grant: 'Monthly credits',
  top_up: 'Top-up credits',
  promotional: 'Promotional credits',
  adjustment: 'Adjustment',
  expiry: 'Expired',
  refund: 'Refund',
}

/** An entry's amount with its sign: `+100.00`, `−1.54`. */
export function signedCredits(milliseconds: number): string {
  if (milliseconds < 0) return `−${creditsFixed(-milliseconds)}`
  return `+${creditsFixed(milliseconds)}`
}
