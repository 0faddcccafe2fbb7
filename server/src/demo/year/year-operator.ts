import { balanceAt } from '@talktime/core/billing/balance-line'
import { MS_PER_CREDIT, msFromCredits } from '@talktime/core/billing/credits'
import { addGrant, grantByOperator } from '../../ledger/index.ts'
import { refusalsIn, type YearCaretaker } from './year-actor.ts'
import type { YearWorld } from './year-world.ts'

const lowMs = 300 * MS_PER_CREDIT
const dayMs = 24 * 60 * 60_000

/** Top-ups in turn. */
const topUpCredits = [500, 1_000, 1_000, 500, 2_000]

/** How many calls have to be refused before somebody notices, in the months in which nobody watches. */
const unwatched = [
  { share: 0.42, refusals: 11 },
  { share: 0.83, refusals: 23 },
]

/** Pays for no plan and buys nothing: an operator sees to the credits, and collects the money elsewhere. */
export function createYearOperator(
  { ledger }: Pick<YearWorld, 'ledger'>,
  workspaceId: string,
  year: { readonly startsAtMs: number; readonly endsAtMs: number },
): YearCaretaker {
  let welcomed = false
  let topUps = 0
  let refusals = 0
  let lapses = 0

  async function topUp(): Promise<void> {
    const credits = topUpCredits[topUps % topUpCredits.length] ?? 0
    topUps += 1
    const reason = `${credits.toLocaleString('en-US')} credits, by invoice ${1000 + topUps}`
    await ledger.changeWorkspace(workspaceId, ({ tx, unit, nowMs }) => {
      const amountMs = msFromCredits(credits)
      const grant = { kind: 'top_up', amountMs, atMs: nowMs, expiresAtMs: null, reason, price: null } as const
      return addGrant(tx, unit, grant, nowMs)
    })
  }

  async function welcome(): Promise<void> {
    await ledger.changeWorkspace(workspaceId, ({ tx, unit, nowMs }) => {
      const expiresAtMs = nowMs + 60 * dayMs
      const welcomeCredits = { amountMs: msFromCredits(250), expiresAtMs, reason: 'Welcome credits' }
      return grantByOperator(tx, unit, { ...welcomeCredits, kind: 'promotional' }, nowMs)
    })
  }

  return {
    dueAtMs: () => null,
    passedBoundary: async () => {},
    async look(line, nowMs) {
      if (!welcomed) {
        welcomed = true
        await welcome()
        return true
      }
      if (balanceAt(line, nowMs) >= lowMs) return false
      const lapse = unwatched[lapses]
      const share = (nowMs - year.startsAtMs) / (year.endsAtMs - year.startsAtMs)
      if (lapse !== undefined && share >= lapse.share) {
        if (refusals < lapse.refusals) return false
        lapses += 1
        refusals = 0
      }
      await topUp()
      return true
    },
    hear(outcomes) {
      refusals += refusalsIn(outcomes)
    },
  }
}
