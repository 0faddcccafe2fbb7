import { isEndingCalls } from '@talktime/core/calls/ending-calls'
import { addEvent, type Change, type WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { invariant } from '../platform/problem.ts'
import { loadGates } from './call-store.ts'
import { cancelHangUps, orderHangUps, orderHangUpsForSuspension } from './hang-up-store.ts'

/** What {@link hangUpForCredits} changed. */
export type HangUps = {
  /** The number of calls that got a hang-up order. */
  readonly ordered: number
  /** The number of calls whose hang-up order was canceled. */
  readonly canceled: number
  /** What happens to the workspace's calls, for people. */
  readonly sentences: readonly string[]
}

/**
 * Orders a hang-up of the workspace's open calls if it is out of credits and ends calls then. Otherwise cancels the orders
 * that were given for that reason. Must run after credits ran out or returned, and after the setting changed. A repeat
 * changes nothing.
 *
 * A canceled order may have reached the voice stack already. Its call then ends anyway, and is charged until its end.
 *
 * The caller holds the lock on the workspace's balance line and writes the unit.
 */
export async function hangUpForCredits(tx: Tx, unit: WorkspaceUnit, nowMs: number): Promise<HangUps> {
  const { workspaceId, openCalls, outSinceMs, liveCalls } = unit.line
  if (openCalls === 0) return { ordered: 0, canceled: 0, sentences: [] }
  const gate = (await loadGates(tx, [workspaceId])).get(workspaceId)
  invariant(gate, 'A workspace with calls has settings')
  if (isEndingCalls(unit.line, gate.whenCreditsRunOut, nowMs)) {
    const ordered = addCallEvents(unit, await orderHangUps(tx, workspaceId, nowMs))
    if (ordered > 0) unit.signals.hangUpsOrdered = true
    return { ordered, canceled: 0, sentences: ordered === 0 ? [] : [describeEnding(ordered)] }
  }
  const canceled = addCallEvents(unit, await cancelHangUps(tx, workspaceId, 'out_of_credits'))
  const isOut = outSinceMs !== null
  const continuing = isOut ? liveCalls : canceled
  return { ordered: 0, canceled, sentences: continuing === 0 ? [] : [describeContinuing(continuing, isOut)] }
}

/**
 * Gives hang-up orders to the open calls of a workspace that is suspended, or cancels those that are left when it is
 * resumed. Out of credits then as before, it gives those for lack of credits again.
 */
export async function hangUpForSuspension(
  { tx, unit, nowMs }: Change,
  order: 'give' | 'cancel',
): Promise<void> {
  const { workspaceId } = unit.line
  if (order === 'give') {
    const ordered = addCallEvents(unit, await orderHangUpsForSuspension(tx, workspaceId, nowMs))
    if (ordered > 0) unit.signals.hangUpsOrdered = true
    return
  }
  addCallEvents(unit, await cancelHangUps(tx, workspaceId, 'workspace_suspended'))
  await hangUpForCredits(tx, unit, nowMs)
}

function addCallEvents(unit: WorkspaceUnit, callIds: readonly string[]): number {
  for (const id of callIds) addEvent(unit, 'call', id)
  return callIds.length
}

function describeEnding(calls: number): string {
  return calls === 1 ? 'The live call is being ended.' : `The ${calls} live calls are being ended.`
}

function describeContinuing(calls: number, isOut: boolean): string {
  const sentence =
    calls === 1 ? 'The live call continues to its end' : `The ${calls} live calls continue to their end`
  return isOut
    ? `${sentence}; the next credits pay for ${calls === 1 ? 'it' : 'them'} first.`
    : `${sentence}.`
}
