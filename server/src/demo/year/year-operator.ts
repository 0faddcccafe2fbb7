import { balanceAt } from '@talktime/core/billing/balance-line'
import { MS_PER_CREDIT, msFromCredits } from '@talktime/core/billing/credits'
import { addGrant, type Ledger } from '../../ledger/index.ts'
import { grantWelcomeCredits } from './welcome-credits.ts'
import { countRefusals, type YearActor } from './year-actor.ts'
import type { YearWorld } from './year-world.ts'

/** Below this balance the operator grants a top-up. */
const LOW_MS = 300 * MS_PER_CREDIT

/** The sizes of the top-ups, in turn. */
const topUpCredits = [500, 1_000, 1_000, 500, 2_000]

/** From these shares of the year on, the operator once reacts only after this number of refused calls. */
const lapses = [
  { share: 0.42, refusals: 11 },
  { share: 0.83, refusals: 23 },
]

/** An operator who grants the workspace its credits and collects the money elsewhere. The workspace buys nothing. */
export function createYearOperator(
  { ledger }: Pick<YearWorld, 'ledger'>,
  workspaceId: string,
  year: { readonly startsAtMs: number; readonly endsAtMs: number },
): YearActor {
  let hasWelcomed = false
  let topUpCount = 0
  let refusals = 0
  let lapseCount = 0

  return {
    findDueAtMs: () => null,
    onBoundary: async () => {},
    async act(line, nowMs) {
      if (!hasWelcomed) {
        hasWelcomed = true
        await grantWelcomeCredits(ledger, workspaceId)
        return true
      }
      if (balanceAt(line, nowMs) >= LOW_MS) return false
      const lapse = lapses[lapseCount]
      const share = (nowMs - year.startsAtMs) / (year.endsAtMs - year.startsAtMs)
      if (lapse !== undefined && share >= lapse.share) {
        if (refusals < lapse.refusals) return false
        lapseCount += 1
        refusals = 0
      }
      const credits = topUpCredits[topUpCount % topUpCredits.length] ?? 0
      topUpCount += 1
      await grantTopUp(ledger, workspaceId, credits, 1000 + topUpCount)
      return true
    },
    onOutcomes(outcomes) {
      refusals += countRefusals(outcomes)
    },
  }
}

async function grantTopUp(
  ledger: Pick<Ledger, 'changeWorkspace'>,
  workspaceId: string,
  credits: number,
  invoiceNumber: number,
): Promise<void> {
  const reason = `${credits.toLocaleString('en-US')} credits, by invoice ${invoiceNumber}`
  const amountMs = msFromCredits(credits)
  await ledger.changeWorkspace(workspaceId, ({ tx, unit, nowMs }) => {
    const grant = { kind: 'top_up', amountMs, atMs: nowMs, expiresAtMs: null, reason, price: null } as const
    return addGrant(tx, unit, grant, nowMs)
  })
}
