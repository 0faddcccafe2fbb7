import {
  formatCredits,
  formatCreditsExact,
  formatCreditsFixed,
  creditsInWords as inWords,
} from '@talktime/core/billing/credits'
import { locale } from './locale.ts'

// The formats of core in the reader's locale. They round toward zero, as mails and alerts do.

/** Credits with two decimals, for columns and ticking numbers: `1.54`. */
export const creditsFixed = (milliseconds: number) => formatCreditsFixed(milliseconds, locale)

/** Credits with at most two decimals, for sentences: `1.5`, `30`. */
export const creditsBrief = (milliseconds: number) => formatCredits(milliseconds, locale)

/** `1 credit`, `1.5 credits`. */
export const creditsInWords = (milliseconds: number) => inWords(milliseconds, locale)

/** Credits exact to the millisecond: `1.5`, `1.541666…`. */
export const creditsExact = (milliseconds: number) => formatCreditsExact(milliseconds, locale)
