import { balanceAt } from '@talktime/core/balance-line'
import { callingState } from '@talktime/core/calling-hours'
import { afterDial, dialOutcome, dialsNow } from '@talktime/core/dialing'
import type { Account } from '../ledger/index.ts'
import { requireSubscription } from '../plans/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { requireWorkspace } from '../workspaces/index.ts'
import type { CampaignRef, CampaignRow, PauseReason } from './campaign.ts'
import {
  dialsSince,
  dueContacts,
  intendDials,
  type OpenDial,
  openDials,
  recharge,
  type Settled,
  takeDialsAgain,
  writeSettled,
} from './dials.ts'
import { complete, hasCampaigns, keepCampaign, pause, runningFrom, zeroAtMs } from './states.ts'
import { findCampaign } from './store.ts'

/** A dial to be handed to the voice room, outside of the transaction in which it was written down. */
export type Handover = { readonly callId: string; readonly phone: string }

export type Turn = { readonly campaign: CampaignRow; readonly handovers: readonly Handover[] }

const MINUTE_MS = 60_000
/** A dial that was not handed over for so long was left by a process that died. */
const LEFT_MS = 15_000
/** So many calls in a row that could not be made are more than bad luck. */
const FAILURES_MAX = 25
/** A campaign that waits for its calls to end is looked at so often, should their news be lost. */
const WAIT_MS = 5_000

/**
 * What a campaign does at `nowMs`: notes what became of its dials, and writes down the next ones. The caller holds the
 * workspace's line, has its boundaries caught up with, and writes the account.
 *
 * @param toldOf calls that are said to be over: a dial that was over before may be charged otherwise now
 */
export async function takeTurn(
  tx: Tx,
  account: Account,
  ref: CampaignRef,
  nowMs: number,
  toldOf: readonly string[] = [],
): Promise<Turn | undefined> {
  const found = await findCampaign(tx, ref)
  if (found === undefined) return undefined
  const open = await openDials(tx, ref)
  const moreMs = await recharge(tx, ref.workspaceId, toldOf)
  const before = await settle(tx, { ...found, usedMs: found.usedMs + moreMs }, open, nowMs)
  const left = open.filter((dial) => !isOver(dial) && isLeft(dial, nowMs))
  await takeDialsAgain(
    tx,
    ref.workspaceId,
    left.map(({ callId }) => callId),
    nowMs,
  )
  const again = left.map(({ callId, phone }) => ({ callId, phone }))
  const campaign = begun(before, nowMs)
  if (campaign.status !== 'running') {
    const lookAtMs = nextLook(campaign, nowMs)
    const kept = { ...campaign, lookAtMs }
    if (changed(found, kept)) await keepCampaign(tx, account, kept)
    return { campaign: kept, handovers: again }
  }
  if (campaign.counts.waiting + campaign.counts.calling === 0) {
    return { campaign: await complete(tx, account, campaign, nowMs), handovers: [] }
  }
  const reason = await hindrance(tx, account, campaign, nowMs)
  if (reason !== null) {
    const atMs = reason === 'out_of_credits' ? zeroAtMs(account, nowMs) : nowMs
    return { campaign: await pause(tx, account, campaign, reason, atMs), handovers: again }
  }
  const { next, handovers } = await dialOn(tx, campaign, nowMs)
  if (changed(found, next)) await keepCampaign(tx, account, next)
  return { campaign: next, handovers: [...again, ...handovers] }
}

function isOver({ call }: OpenDial): boolean {
  return call !== null && call.endedAtMs !== null
}

function isLeft({ state, takenAtMs }: OpenDial, nowMs: number): boolean {
  return state === 'intended' && nowMs - takenAtMs >= LEFT_MS
}

/** Notes what became of dials whose calls are over. */
async function settle(
  tx: Tx,
  campaign: CampaignRow,
  open: readonly OpenDial[],
  nowMs: number,
): Promise<CampaignRow> {
  const over = open.filter(isOver)
  if (over.length === 0) return campaign
  const settled = over.map((dial) => settledOf(campaign, dial, nowMs))
  await writeSettled(tx, campaign, settled)
  const counts = { ...campaign.counts, calling: campaign.counts.calling - settled.length }
  let { failuresInRow } = campaign
  for (const { state, outcome } of settled) {
    if (state === 'waiting') counts.waiting += 1
    else if (state === 'reached') counts.reached += 1
    else counts.notReached += 1
    if (outcome === 'failed') failuresInRow += 1
    else if (outcome !== 'not_called') failuresInRow = 0
  }
  const usedMs = campaign.usedMs + over.reduce((sum, { call }) => sum + (call?.chargedMs ?? 0), 0)
  const dialsOver = campaign.dialsOver + settled.filter(({ outcome }) => outcome !== 'not_called').length
  return { ...campaign, counts, usedMs, dialsOver, failuresInRow }
}

function settledOf(
  campaign: CampaignRow,
  { callId, contactId, attempts, call }: OpenDial,
  nowMs: number,
): Settled {
  const outcome = dialOutcome({
    refused: call?.status === 'refused',
    answered: call?.answered ?? false,
    endReason: call?.endReason ?? null,
    lost: call?.status === 'lost',
  })
  const endedAtMs = call?.endedAtMs ?? nowMs
  const policy = { attemptsMax: campaign.attemptsMax, afterMs: campaign.retryAfterMs, on: campaign.retryOn }
  const after = afterDial(outcome, attempts, policy, endedAtMs)
  const waits = after.state === 'waiting'
  return {
    callId,
    contactId,
    outcome,
    endedAtMs,
    state: after.state,
    nextAttemptAtMs: waits ? after.nextAttemptAtMs : endedAtMs,
    counts: waits ? after.counts : true,
    chargedMs: call?.chargedMs ?? 0,
  }
}

/** A scheduled campaign whose time has come is running. */
function begun(campaign: CampaignRow, nowMs: number): CampaignRow {
  const { status, startsAtMs } = campaign
  if (status !== 'scheduled' || startsAtMs === null || startsAtMs > nowMs) return campaign
  return runningFrom(campaign, nowMs)
}

/** What keeps a running campaign from going on. */
async function hindrance(
  tx: Tx,
  { line }: Account,
  campaign: CampaignRow,
  nowMs: number,
): Promise<PauseReason | null> {
  if ((await requireWorkspace(tx, campaign.workspaceId)).status === 'suspended') return 'workspace_suspended'
  if (!campaign.agentActive) return 'agent_disabled'
  if (!hasCampaigns((await requireSubscription(tx, campaign.workspaceId)).terms)) return 'plan_required'
  if (balanceAt(line, nowMs) <= 0) return 'out_of_credits'
  return campaign.failuresInRow >= FAILURES_MAX ? 'carrier_failing' : null
}

async function dialOn(
  tx: Tx,
  campaign: CampaignRow,
  nowMs: number,
): Promise<{ next: CampaignRow; handovers: Handover[] }> {
  const hours = callingState(campaign.callingHours, nowMs)
  const { calling } = campaign.counts
  const waitMs = calling > 0 ? nowMs + WAIT_MS : null
  if (!hours.open)
    return { next: { ...campaign, lookAtMs: earliest(hours.opensAtMs, waitMs) }, handovers: [] }
  const free = Math.max(0, campaign.concurrency - calling)
  const { due, nextAtMs } = await dueContacts(tx, campaign, nowMs, Math.min(free, 100) + 1)
  const startedLastMinute =
    campaign.callsPerMinute === null ? 0 : await dialsSince(tx, campaign, nowMs - MINUTE_MS)
  const situation = { calling, due: due.length, startedLastMinute, nextSlotMs: campaign.nextSlotMs }
  const dialing = dialsNow(campaign, situation, nowMs)
  const dials = due
    .slice(0, dialing.count)
    .map(({ id, phone }) => ({ contactId: id, phone, callId: newUuid(nowMs) }))
  await intendDials(tx, campaign, dials, nowMs)
  const counts = {
    ...campaign.counts,
    waiting: campaign.counts.waiting - dials.length,
    calling: calling + dials.length,
  }
  const lookAtMs = earliest(
    dialing.lookAgainMs,
    free > dials.length ? nextAtMs : null,
    counts.calling > 0 ? nowMs + WAIT_MS : null,
  )
  const next = { ...campaign, counts, nextSlotMs: dialing.nextSlotMs, lookAtMs }
  return { next, handovers: dials.map(({ callId, phone }) => ({ callId, phone })) }
}

/** A campaign that does not run is looked at for its time, and while calls of it are on. */
function nextLook(campaign: CampaignRow, nowMs: number): number | null {
  const waitMs = campaign.counts.calling > 0 ? nowMs + WAIT_MS : null
  return earliest(campaign.status === 'scheduled' ? campaign.startsAtMs : null, waitMs)
}

function earliest(...instants: readonly (number | null)[]): number | null {
  const known = instants.filter((atMs) => atMs !== null)
  return known.length === 0 ? null : Math.min(...known)
}

function changed(before: CampaignRow, after: CampaignRow): boolean {
  return JSON.stringify(before) !== JSON.stringify(after)
}
