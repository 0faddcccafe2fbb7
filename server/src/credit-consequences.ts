import { hangUpForCredits } from './calls/index.ts'
import { pauseForCredits, resumeAfterCredits } from './campaigns/index.ts'
import type { Consequences } from './credit-watch/index.ts'
import { allOrFirstError } from './platform/database/all-or-first-error.ts'

/** What follows where credits run out and where they come back, in one transaction with the mark on the line. */
export const creditConsequences: Consequences = {
  async wentOut(tx, account, atMs, nowMs) {
    const [paused, { ordered, sentences }] = await allOrFirstError([
      pauseForCredits(tx, account, atMs, nowMs),
      hangUpForCredits(tx, account, nowMs),
    ])
    return { sentences: [...paused, ...sentences], hangUps: ordered > 0 }
  },
  async returned(tx, account, nowMs) {
    const [resumed, { sentences }] = await allOrFirstError([
      resumeAfterCredits(tx, account, nowMs),
      hangUpForCredits(tx, account, nowMs),
    ])
    return { sentences: [...resumed, ...sentences], hangUps: false }
  },
}
