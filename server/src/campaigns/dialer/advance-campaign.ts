import { balanceAt } from '@talktime/core/billing/balance-line'
import { callingState } from '@talktime/core/campaigns/calling-hours'
import { planDials } from '@talktime/core/campaigns/dial-pacing'
import { requireWorkspace } from '../../access/index.ts'
import type { WorkspaceUnit } from '../../ledger/index.ts'
import { requireSubscription, type Terms } from '../../plans/index.ts'
import type { Tx } from '../../platform/database/database.ts'
import { newUuid } from '../../platform/ids.ts'
import { type CampaignRef, type CampaignRow, contactsLeft, type PauseReason } from '../campaign.ts'
import { findCampaign } from '../campaign-store.ts'
import { complete, hasCampaigns, keepCampaign, pause, runningFrom } from '../lifecycle.ts'
import { type DialRow, dialsSince, dueContacts, intendDials, loadDials } from './dial-store.ts'
import { correct, isProvisionallyOver, settle } from './record-dial-outcomes.ts'

/** A dial to be handed to the voice room, outside of the transaction in which it was written down. */
export type Handover = { readonly callId: string; readonly phone: string }

export type Turn = {
  readonly campaign: CampaignRow
  readonly handovers: readonly Handover[]
  /** Calls that were to be handed over and, as it looks, never were: to be taken back. */
  readonly left: readonly string[]
}

const MINUTE_MS = 60_000
/** A dial that was not handed over for so long was left by a process that died. */
const LEFT_MS = 15_000
/** So many calls in a row that could not be made are more than bad luck. */
const FAILURES_MAX = 25
/** A campaign that waits for its calls to end is looked at so often, should their news be lost. */
const WAIT_MS = 5_000
/** The same for corrections of calls that are over. */
const PROVISIONAL_MS = 60 * MINUTE_MS
/** How long a campaign waits for what frees itself without anybody telling it: a place among the plan's calls at once. */
const FULL_MS = 3_000
/** How long it waits for the credit watch to act on a balance that is used up. */
const USED_UP_MS = 1_000

/**
 * What a campaign does at `nowMs`: notes what became of its dials, and writes down the next ones. The caller holds the
 * workspace's line, has its boundaries caught up with, and writes the unit.
 *
 * @param told calls that are said to be over: a dial that was over before may be charged otherwise now
 */
export async function takeTurn(
  tx: Tx,
  unit: WorkspaceUnit,
  ref: CampaignRef,
  nowMs: number,
  told: readonly string[] = [],
): Promise<Turn | undefined> {
  const found = await findCampaign(tx, ref)
  if (found === undefined) return undefined
  const dials = await loadDials(tx, ref, told)
  const noted = await correct(tx, await settle(tx, found, dials), dials)
  const { campaign, handovers, lookAtMs } = await goOn(tx, unit, begun(noted, nowMs), dials, nowMs)
  const left = dials.filter((dial) => isLeft(dial, nowMs)).map(({ callId }) => callId)
  const provisionalMs = dials.some(isProvisionallyOver) ? nowMs + PROVISIONAL_MS : null
  const waitMs = campaign.counts.calling > 0 ? nowMs + WAIT_MS : null
  const next = { ...campaign, lookAtMs: earliest(lookAtMs, waitMs, provisionalMs) }
  if (changed(found, next)) await keepCampaign(tx, unit, next)
  return { campaign: next, handovers, left }
}

/** What is to be dialled, and when to look again for more. */
type Going = {
  readonly campaign: CampaignRow
  readonly handovers: readonly Handover[]
  readonly lookAtMs: number | null
}

async function goOn(
  tx: Tx,
  unit: WorkspaceUnit,
  campaign: CampaignRow,
  dials: readonly DialRow[],
  nowMs: number,
): Promise<Going> {
  const { status, startsAtMs } = campaign
  if (status === 'scheduled') return { campaign, handovers: [], lookAtMs: startsAtMs }
  if (status !== 'running') return { campaign, handovers: [], lookAtMs: null }
  if (contactsLeft(campaign) === 0) {
    return { campaign: await complete(tx, unit, campaign, nowMs), handovers: [], lookAtMs: null }
  }
  const { terms } = await requireSubscription(tx, campaign.workspaceId)
  const hindrance = await findHindrance(tx, unit, campaign, terms, nowMs)
  if (hindrance === 'used_up') return { campaign, handovers: [], lookAtMs: nowMs + USED_UP_MS }
  if (hindrance !== null) {
    const { reason, atMs } = hindrance
    return { campaign: await pause(tx, unit, campaign, reason, atMs), handovers: [], lookAtMs: null }
  }
  return dialOn(tx, campaign, freePlaces(unit, terms, dials), nowMs)
}

/** A dial that nobody seems to be handing over. */
function isLeft({ state, intendedAtMs, call }: DialRow, nowMs: number): boolean {
  const over = call !== null && call.endedAtMs !== null
  return state === 'intended' && !over && nowMs - intendedAtMs >= LEFT_MS
}

/** A scheduled campaign whose time has come is running. */
function begun(campaign: CampaignRow, nowMs: number): CampaignRow {
  const { status, startsAtMs } = campaign
  if (status !== 'scheduled' || startsAtMs === null || startsAtMs > nowMs) return campaign
  return runningFrom(campaign, nowMs)
}

type Hindrance = { readonly reason: PauseReason; readonly atMs: number }

/**
 * What keeps a running campaign from going on, and since when. `used_up`: the balance is, and the credit watch has not
 * acted on it yet. It pauses campaigns, as it alone sees that credits are back.
 */
async function findHindrance(
  tx: Tx,
  { line }: WorkspaceUnit,
  campaign: CampaignRow,
  terms: Terms,
  nowMs: number,
): Promise<Hindrance | 'used_up' | null> {
  const now = (reason: PauseReason) => ({ reason, atMs: nowMs })
  if ((await requireWorkspace(tx, campaign.workspaceId)).status === 'suspended')
    return now('workspace_suspended')
  if (!campaign.agentActive) return now('agent_disabled')
  if (!hasCampaigns(terms)) return now('plan_required')
  if (balanceAt(line, nowMs) <= 0) {
    const { outSinceMs } = line
    return outSinceMs === null
      ? 'used_up'
      : { reason: 'out_of_credits', atMs: Math.max(outSinceMs, campaign.startedAtMs ?? nowMs) }
  }
  return campaign.failuresInRow >= FAILURES_MAX ? now('carrier_failing') : null
}

/** How many calls more the plan allows at once. Dials whose calls are still to be made have their places already. */
function freePlaces({ line }: WorkspaceUnit, { limits }: Terms, dials: readonly DialRow[]): number {
  const { concurrentCallsMax } = limits
  if (concurrentCallsMax === null) return Number.POSITIVE_INFINITY
  const toBeMade = dials.filter(({ call }) => call === null).length
  return Math.max(0, concurrentCallsMax - line.openCalls - toBeMade)
}

async function dialOn(tx: Tx, campaign: CampaignRow, freeInPlan: number, nowMs: number): Promise<Going> {
  const hours = callingState(campaign.callingHours, nowMs)
  if (!hours.open) return { campaign, handovers: [], lookAtMs: hours.opensAtMs }
  const { calling } = campaign.counts
  const concurrency = Math.min(campaign.concurrency, calling + freeInPlan)
  const free = Math.max(0, concurrency - calling)
  const { due, nextAtMs } = await dueContacts(tx, campaign, nowMs, Math.min(free, 100) + 1)
  const startedLastMinute =
    campaign.callsPerMinute === null ? 0 : await dialsSince(tx, campaign, nowMs - MINUTE_MS)
  const situation = { calling, due: due.length, startedLastMinute, nextSlotMs: campaign.nextSlotMs }
  const dialing = planDials({ ...campaign, concurrency }, situation, nowMs)
  const dials = due
    .slice(0, dialing.count)
    .map(({ id, phone }) => ({ contactId: id, phone, callId: newUuid(nowMs) }))
  await intendDials(tx, campaign, dials, nowMs)
  const counts = {
    ...campaign.counts,
    waiting: campaign.counts.waiting - dials.length,
    calling: calling + dials.length,
  }
  const planIsFull = concurrency < campaign.concurrency && due.length > dials.length
  return {
    campaign: { ...campaign, counts, nextSlotMs: dialing.nextSlotMs },
    handovers: dials.map(({ callId, phone }) => ({ callId, phone })),
    lookAtMs: earliest(
      dialing.lookAgainMs,
      free > dials.length ? nextAtMs : null,
      planIsFull ? nowMs + FULL_MS : null,
    ),
  }
}

function earliest(...instants: readonly (number | null)[]): number | null {
  const known = instants.filter((atMs) => atMs !== null)
  return known.length === 0 ? null : Math.min(...known)
}

function changed(before: CampaignRow, after: CampaignRow): boolean {
  return JSON.stringify(before) !== JSON.stringify(after)
}
