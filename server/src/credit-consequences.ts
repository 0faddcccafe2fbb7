import { hangUpForCredits } from './calls/index.ts'
import { pauseForCredits, resumeAfterCredits } from './campaigns/index.ts'
import type { Consequences } from './credit-watch/index.ts'
import { allOrFirstError } from './platform/database/all-or-first-error.ts'

/** What happens to campaigns and live calls when credits run out or return. */
export const creditConsequences: Consequences = {
  async onOut(tx, unit, atMs, nowMs) {
    const [paused, { sentences }] = await allOrFirstError([
      pauseForCredits(tx, unit, atMs, nowMs),
      hangUpForCredits(tx, unit, nowMs),
    ])
    return [...paused, ...sentences]
  },
  async onReturn(tx, unit, nowMs) {
    const [resumed, { sentences }] = await allOrFirstError([
      resumeAfterCredits(tx, unit, nowMs),
      hangUpForCredits(tx, unit, nowMs),
    ])
    return [...resumed, ...sentences]
  },
}
