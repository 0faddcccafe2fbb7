import type { Transaction } from '../../api/types.ts'
import { creditsFixed } from '../../design/format/credits.ts'

export const entryWords: Record<Transaction['kind'], string> = {
  call: 'Call',
  monthly_grant: 'Monthly credits',
  top_up: 'Top-up credits',
  promotional: 'Promotional credits',
  adjustment: 'Adjustment',
  expiry: 'Expired',
  refund: 'Refund',
}

/** What an entry gave or took: `+100.00`, `−1.54`. */
export function signedCredits(milliseconds: number): string {
  if (milliseconds < 0) return `−${creditsFixed(-milliseconds)}`
  return `+${creditsFixed(milliseconds)}`
}
