import type { Clock } from '../../platform/clock.ts'
import type { SeededRandom } from '../../platform/seeded-random.ts'
import { type Carrier, type CarrierReport, planCall, planMessages, USUAL_LIFE } from '../../voice/index.ts'

/** The longest conversation of a campaign's call during the year. */
export const YEAR_TALK_MS_MAX = 4 * 60_000

const life = {
  ...USUAL_LIFE,
  lostEnds: 0,
  doubled: 0,
  reordered: 0,
  talkMs: { ...USUAL_LIFE.talkMs, max: YEAR_TALK_MS_MAX },
}

/**
 * The simulated carrier of the demo's year. It keeps its calls in memory, apart from the simulated carrier of the
 * running server, which never learns of them.
 */
export type YearCarrier = {
  readonly carrier: Carrier
  /** The time of its next report, or undefined if there is none. */
  findNextAtMs(): number | undefined
  /** Delivers the reports that are due, one after another. */
  deliverDue(deliver: (report: CarrierReport) => Promise<void>): Promise<void>
}

export function createYearCarrier(clock: Clock, chance: SeededRandom): YearCarrier {
  const reports: { readonly dueAtMs: number; readonly report: CarrierReport }[] = []

  return {
    carrier: {
      name: 'simulated',
      needsFrom: false,
      needsEndpoint: false,
      async place(order) {
        const nowMs = clock.now()
        const { callId } = order
        const ref = `year_${callId.replaceAll('-', '')}`
        const fate = planCall(life, order, chance, nowMs)
        for (const { kind, atMs, dueAtMs } of planMessages(life, nowMs, fate, chance)) {
          const reason = kind === 'ended' ? fate.reason : undefined
          reports.push({ dueAtMs, report: { carrier: 'simulated', ref, callId, type: kind, atMs, reason } })
        }
        reports.sort((a, b) => a.dueAtMs - b.dueAtMs)
        return { outcome: 'placed', ref }
      },
      hangUp: async () => {},
      lookUp: async () => ({ state: 'unknown' }),
    },
    findNextAtMs: () => reports[0]?.dueAtMs,
    async deliverDue(deliver) {
      for (let next = reports[0]; next !== undefined && next.dueAtMs <= clock.now(); next = reports[0]) {
        reports.shift()
        await deliver(next.report)
      }
    },
  }
}
