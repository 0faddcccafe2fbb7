import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import {
  type CampaignRef,
  createDialer,
  type Dialer,
  listCampaigns,
  pauseByUser,
  startCampaign,
} from '../../campaigns/index.ts'
import { invariant } from '../../platform/problem.ts'
import { createSeededRandom } from '../../platform/seeded-random.ts'
import { createVoice, type Voice } from '../../voice/index.ts'
import { changeDemoCampaign, createDemoCampaign } from '../create-demo-campaign.ts'
import { DEMO_CAMPAIGNS, type DemoCampaign } from '../demo-campaigns.ts'
import { findEarliest } from './earliest.ts'
import type { YearActor } from './year-actor.ts'
import { createYearCarrier, YEAR_TALK_MS_MAX, type YearCarrier } from './year-carrier.ts'
import type { YearWorld } from './year-world.ts'

export type YearCampaignsDeps = {
  readonly world: YearWorld
  readonly workspaceId: string
  readonly findAgentId: (agentName: string) => string
  readonly timeZone: string
  readonly endsAtMs: number
}

/** How often campaigns advance. The carrier's reports in between carry their exact times. */
const ADVANCE_MS = 30 * SECOND_MS
/** No dial begins this long before the end, so that no call is live when the year is over. */
const QUIET_MS = YEAR_TALK_MS_MAX + 2 * MINUTE_MS
/** The campaign that continues after the year starts this long before its end. */
const RUNNING_MS = 26 * MINUTE_MS

type Step = { readonly atMs: number; readonly run: () => Promise<unknown> }

type CampaignActor = Pick<YearActor, 'findDueAtMs' | 'act'>

/** Runs the campaigns of the year's last days: one completes, one is paused by hand, one is scheduled, one goes on. */
export function createYearCampaigns(deps: YearCampaignsDeps): CampaignActor {
  const { world, workspaceId, endsAtMs } = deps
  const stack = openVoiceStack(world)
  const steps = planSteps(deps)
  let stepsDone = 0
  let advanceAtMs: number | null = null

  const mayDialAt = (nowMs: number) => nowMs < endsAtMs - QUIET_MS

  async function readDialingCampaigns(nowMs: number) {
    if (!mayDialAt(nowMs)) return []
    return listCampaigns(world.database, workspaceId, { status: undefined, beforeId: undefined, limit: 20 })
  }

  async function advance(nowMs: number): Promise<void> {
    await stack.carrier.deliverDue(stack.voice.applyCarrierReport)
    await stack.voice.idle()
    for (const campaign of await readDialingCampaigns(nowMs)) {
      if (campaign.lookAtMs === null || campaign.lookAtMs > nowMs) continue
      stack.dialer.wake([campaign])
      await stack.dialer.idle()
    }
    stack.throwIfFailed()
  }

  /** The time of the next report or dial, but not before `ADVANCE_MS` have passed. */
  async function findNextAdvanceMs(nowMs: number): Promise<number | null> {
    const dialTimes = (await readDialingCampaigns(nowMs)).map((campaign) => campaign.lookAtMs)
    const next = findEarliest([stack.carrier.findNextAtMs(), ...dialTimes])
    return next === null ? null : Math.max(nowMs + ADVANCE_MS, next)
  }

  return {
    findDueAtMs: () => findEarliest([steps[stepsDone]?.atMs, advanceAtMs]),
    async act(_line, nowMs) {
      const step = steps[stepsDone]
      const isStepDue = step !== undefined && step.atMs <= nowMs
      if (!isStepDue && (advanceAtMs === null || advanceAtMs > nowMs)) return false
      if (isStepDue) {
        stepsDone += 1
        await step.run()
      }
      await advance(nowMs)
      advanceAtMs = await findNextAdvanceMs(nowMs)
      return true
    },
  }
}

type VoiceStack = {
  readonly carrier: YearCarrier
  readonly voice: Voice
  readonly dialer: Dialer
  /** Throws the first error of background work, if there was one. */
  throwIfFailed(): void
}

function openVoiceStack({ clock, database, ledger, engine }: YearWorld): VoiceStack {
  const yearCarrier = createYearCarrier(clock, createSeededRandom(7))
  const { carrier } = yearCarrier
  let failure: unknown
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
  return {
    carrier: yearCarrier,
    voice,
    dialer: createDialer({ database, clock, ledger, voice, onError }),
    throwIfFailed() {
      if (failure !== undefined) throw failure
    },
  }
}

/** What happens to the campaigns by hand, in order of time. */
function planSteps(deps: YearCampaignsDeps): readonly Step[] {
  const { world, workspaceId, findAgentId, endsAtMs } = deps
  const create = (campaign: DemoCampaign) =>
    createDemoCampaign(world, { workspaceId, agentId: findAgentId(campaign.agentName), campaign })
  const start = (ref: CampaignRef, startsAtMs: number | null = null) =>
    changeDemoCampaign(world, ref, ({ tx, unit, nowMs }, campaign) =>
      startCampaign(tx, unit, campaign, startsAtMs, nowMs),
    )
  const createStarted = async (campaign: DemoCampaign) => {
    const ref = await create(campaign)
    await start(ref)
    return ref
  }
  let spanish: CampaignRef | undefined

  return [
    { atMs: findWorkday(deps, -3, '10:05'), run: () => createStarted(DEMO_CAMPAIGNS.reminders) },
    {
      atMs: findWorkday(deps, -1, '14:20'),
      async run() {
        spanish = await createStarted(DEMO_CAMPAIGNS.spanish)
      },
    },
    {
      atMs: findWorkday(deps, -1, '14:37'),
      async run() {
        invariant(spanish, 'The step before started this campaign')
        await changeDemoCampaign(world, spanish, ({ tx, unit, nowMs }, campaign) =>
          pauseByUser(tx, unit, campaign, nowMs),
        )
      },
    },
    {
      atMs: findWorkday(deps, -1, '16:10'),
      async run() {
        await start(await create(DEMO_CAMPAIGNS.holiday), findWorkday(deps, 5, '09:30'))
      },
    },
    { atMs: endsAtMs - RUNNING_MS, run: () => createStarted(DEMO_CAMPAIGNS.recall) },
  ]
}

/** A local time of day, this number of working days after the year's last day. A negative number counts back. */
function findWorkday(
  { endsAtMs, timeZone }: Pick<YearCampaignsDeps, 'endsAtMs' | 'timeZone'>,
  distance: number,
  time: string,
): number {
  let day = Temporal.Instant.fromEpochMilliseconds(endsAtMs).toZonedDateTimeISO(timeZone).toPlainDate()
  for (let left = Math.abs(distance); left > 0; ) {
    day = day.add({ days: Math.sign(distance) })
    if (day.dayOfWeek <= 5) left -= 1
  }
  return day.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds
}

/** Combines the actor who pays with the one who runs campaigns. Campaigns act first. */
export function combineActors(payer: YearActor, campaigns: CampaignActor): YearActor {
  return {
    ...payer,
    findDueAtMs: (line) => findEarliest([payer.findDueAtMs(line), campaigns.findDueAtMs(line)]),
    act: async (line, nowMs) => (await campaigns.act(line, nowMs)) || payer.act(line, nowMs),
  }
}
