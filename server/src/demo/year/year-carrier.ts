import type { Clock } from '../../platform/clock.ts'
import type { SeededRandom } from '../../platform/seeded-random.ts'
import { type Carrier, type CarrierReport, planCall, planMessages, USUAL_LIFE } from '../../voice/index.ts'

/** No call of the year lasts longer. */
export const YEAR_TALK_MS_MAX = 4 * 60_000

const life = {
  ...USUAL_LIFE,
  lostEnds: 0,
  doubled: 0,
  reordered: 0,
  talkMs: { ...USUAL_LIFE.talkMs, max: YEAR_TALK_MS_MAX },
}

/**
 * The simulated carrier of the demo's year. It remembers its calls itself, so that the one of the running server has
 * nothing to do with them.
 */
export type YearCarrier = {
  readonly carrier: Carrier
  /** When its next message is due; undefined: there is none. */
  nextAtMs(): number | undefined
  /** Delivers what is due, one message after the other. */
  deliverDue(deliver: (said: CarrierReport) => Promise<void>): Promise<void>
}

export function createYearCarrier(clock: Clock, chance: SeededRandom): YearCarrier {
  const post: { readonly dueAtMs: number; readonly said: CarrierReport }[] = []

  return {
    carrier: {
      name: 'simulated',
      needsFrom: false,
      needsEndpoint: false,
      async place(order) {
        const nowMs = clock.now()
        const { callId } = order
        const ref = `year_${callId.replaceAll('-', '')}`
        const plan = planCall(life, order, chance, nowMs)
        for (const { kind, atMs, dueAtMs } of planMessages(life, nowMs, plan, chance)) {
          const reason = kind === 'ended' ? plan.reason : undefined
          post.push({ dueAtMs, said: { carrier: 'simulated', ref, callId, type: kind, atMs, reason } })
        }
        post.sort((a, b) => a.dueAtMs - b.dueAtMs)
        return { outcome: 'placed', ref }
      },
      hangUp: async () => {},
      lookUp: async () => ({ state: 'unknown' }),
    },
    nextAtMs: () => post[0]?.dueAtMs,
    async deliverDue(deliver) {
      for (let next = post[0]; next !== undefined && next.dueAtMs <= clock.now(); next = post[0]) {
        post.shift()
        await deliver(next.said)
      }
    },
  }
}
