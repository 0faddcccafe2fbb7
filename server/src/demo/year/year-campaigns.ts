import {
  type CampaignRef,
  createDialer,
  listCampaigns,
  pauseByUser,
  startCampaign,
} from '../../campaigns/index.ts'
import { invariant } from '../../platform/problem.ts'
import { createSeededRandom } from '../../platform/seeded-random.ts'
import { createVoice } from '../../voice/index.ts'
import { type CampaignCast, campaignCast } from '../demo-campaigns.ts'
import { changeCampaign, makeCampaign } from '../make-campaign.ts'
import type { YearCaretaker } from './year-actor.ts'
import { createYearCarrier, YEAR_TALK_MS_MAX } from './year-carrier.ts'
import type { YearWorld } from './year-world.ts'

export type YearCampaignsDeps = {
  readonly world: YearWorld
  readonly workspaceId: string
  readonly agentIdOf: (agentName: string) => string
  readonly timeZone: string
  readonly endsAtMs: number
}

const MINUTE_MS = 60_000
/** So often the campaigns are carried on; what the carrier says of the time between is told with its instants. */
const STEP_MS = 30_000
/** Before the end no call begins, so that none is on when the year is over. */
const QUIET_MS = YEAR_TALK_MS_MAX + 2 * MINUTE_MS
/** For so long before the end the campaign runs that goes on after it. */
const RUNNING_MS = 26 * MINUTE_MS

type Step = { readonly atMs: number; readonly act: () => Promise<unknown> }

/** The campaigns of the year’s last days: one complete, one paused by hand, one scheduled and one that goes on. */
export function createYearCampaigns(deps: YearCampaignsDeps): Pick<YearCaretaker, 'dueAtMs' | 'look'> {
  const { world, workspaceId, agentIdOf, timeZone, endsAtMs } = deps
  const { clock, database, ledger, engine } = world
  const { carrier, nextAtMs, deliverDue } = createYearCarrier(clock, createSeededRandom(7))
  let failure: unknown
  // What goes on in the background is waited for, and fails with the rest.
  const onError = (error: unknown) => {
    failure ??= error
  }
  const voice = createVoice({
    database,
    clock,
    engine,
    carriers: [carrier],
    outbound: carrier,
    onUnconnected: async () => {},
    onError,
  })
  const dialer = createDialer({ database, clock, ledger, voice, onError })
  let lookAtMs: number | null = null

  const make = (cast: CampaignCast) =>
    makeCampaign(world, { workspaceId, agentId: agentIdOf(cast.agentName), cast })
  const start = (ref: CampaignRef, startsAtMs: number | null = null) =>
    changeCampaign(world, ref, ({ tx, unit, nowMs }, campaign) =>
      startCampaign(tx, unit, campaign, startsAtMs, nowMs),
    )
  const begin = async (cast: CampaignCast) => {
    const ref = await make(cast)
    await start(ref)
    return ref
  }
  let spanish: CampaignRef | undefined

  const steps: readonly Step[] = [
    { atMs: workdayAt(-3, '10:05'), act: () => begin(campaignCast.reminders) },
    {
      atMs: workdayAt(-1, '14:20'),
      async act() {
        spanish = await begin(campaignCast.spanish)
      },
    },
    {
      atMs: workdayAt(-1, '14:37'),
      async act() {
        invariant(spanish, 'It was begun the step before')
        await changeCampaign(world, spanish, ({ tx, unit, nowMs }, campaign) =>
          pauseByUser(tx, unit, campaign, nowMs),
        )
      },
    },
    {
      atMs: workdayAt(-1, '16:10'),
      async act() {
        await start(await make(campaignCast.holiday), workdayAt(5, '09:30'))
      },
    },
    { atMs: endsAtMs - RUNNING_MS, act: () => begin(campaignCast.recall) },
  ]
  let stepsDone = 0

  /** A time of day, so many working days before or after the year's last day. */
  function workdayAt(distance: number, time: string): number {
    let day = Temporal.Instant.fromEpochMilliseconds(endsAtMs).toZonedDateTimeISO(timeZone).toPlainDate()
    for (let left = Math.abs(distance); left > 0; ) {
      day = day.add({ days: Math.sign(distance) })
      if (day.dayOfWeek <= 5) left -= 1
    }
    return day.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds
  }

  async function carryOn(nowMs: number): Promise<void> {
    await deliverDue(voice.applyCarrierReport)
    await voice.idle()
    for (const campaign of mayDialAt(nowMs) ? await readCampaigns() : []) {
      if (campaign.lookAtMs === null || campaign.lookAtMs > nowMs) continue
      dialer.wake([campaign])
      await dialer.idle()
    }
    if (failure !== undefined) throw failure
  }

  const mayDialAt = (nowMs: number) => nowMs < endsAtMs - QUIET_MS

  async function readCampaigns() {
    return listCampaigns(database, workspaceId, { status: undefined, beforeId: undefined, limit: 20 })
  }

  /** When there is something to do again. */
  async function nextLook(nowMs: number): Promise<number | null> {
    const looks = mayDialAt(nowMs) ? (await readCampaigns()).map((campaign) => campaign.lookAtMs) : []
    const due = [nextAtMs() ?? null, ...looks].filter((atMs) => atMs !== null)
    return due.length === 0 ? null : Math.max(nowMs + STEP_MS, Math.min(...due))
  }

  return {
    dueAtMs() {
      const due = [steps[stepsDone]?.atMs ?? null, lookAtMs].filter((atMs) => atMs !== null)
      return due.length === 0 ? null : Math.min(...due)
    },
    async look(_line, nowMs) {
      const step = steps[stepsDone]
      const isTime = step !== undefined && step.atMs <= nowMs
      if (!isTime && (lookAtMs === null || lookAtMs > nowMs)) return false
      if (isTime) {
        stepsDone += 1
        await step.act()
      }
      await carryOn(nowMs)
      lookAtMs = await nextLook(nowMs)
      return true
    },
  }
}

/** Somebody who looks after both the credits and the campaigns. */
export function withCampaigns(
  caretaker: YearCaretaker,
  campaigns: Pick<YearCaretaker, 'dueAtMs' | 'look'>,
): YearCaretaker {
  return {
    ...caretaker,
    dueAtMs(line) {
      const due = [caretaker.dueAtMs(line), campaigns.dueAtMs(line)].filter((atMs) => atMs !== null)
      return due.length === 0 ? null : Math.min(...due)
    },
    look: async (line, nowMs) => (await campaigns.look(line, nowMs)) || caretaker.look(line, nowMs),
  }
}
