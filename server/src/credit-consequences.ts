import { hangUpForCredits } from './calls/index.ts'
import { pauseForCredits, resumeAfterCredits } from './campaigns/index.ts'
import type { Consequences } from './credit-watch/index.ts'
import { allOrFirstError } from './platform/database/all-or-first-error.ts'

/** What follows where credits run out and where they come back, in one transaction with the mark on the line. */
export const creditConsequences: Consequences = {
  async wentOut(tx, unit, atMs, nowMs) {
    const [paused, { sentences }] = await allOrFirstError([
      pauseForCredits(tx, unit, atMs, nowMs),
      hangUpForCredits(tx, unit, nowMs),
    ])
    return { sentences: [...paused, ...sentences] }
  },
  async returned(tx, unit, nowMs) {
    const [resumed, { sentences }] = await allOrFirstError([
      resumeAfterCredits(tx, unit, nowMs),
      hangUpForCredits(tx, unit, nowMs),
    ])
    return { sentences: [...resumed, ...sentences] }
  },
}
