import { hangUpForCredits } from './calls/index.ts'
import { pauseForCredits, resumeAfterCredits } from './campaigns/index.ts'
import type { Consequences } from './credit-watch/index.ts'

/** What follows where credits run out and where they come back, in one transaction with the mark on the line. */
export const creditConsequences: Consequences = {
  async wentOut(tx, account, atMs, nowMs) {
    const paused = await pauseForCredits(tx, account, atMs, nowMs)
    const { ordered, sentences } = await hangUpForCredits(tx, account, nowMs)
    return { sentences: [...paused, ...sentences], hangUps: ordered > 0 }
  },
  async returned(tx, account, nowMs) {
    const resumed = await resumeAfterCredits(tx, account, nowMs)
    const { sentences } = await hangUpForCredits(tx, account, nowMs)
    return { sentences: [...resumed, ...sentences], hangUps: false }
  },
}
