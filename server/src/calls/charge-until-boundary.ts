import { applyCallEvent } from '@talktime/core/calls/call'
import { applyToLine, post, type WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { addChargeEntry } from './call-row.ts'
import { loadLiveCalls, updateCalls } from './call-store.ts'

/**
 * Cuts the workspace's live calls at a boundary: the conversation before `atMs` is charged now, to the credits that
 * existed before it. Calls that were answered later do not change.
 */
export async function chargeUntilBoundary(
  tx: Tx,
  unit: WorkspaceUnit,
  atMs: number,
  nowMs: number,
): Promise<void> {
  if (unit.line.liveCalls === 0) return
  const cut = (await loadLiveCalls(tx, unit.line.workspaceId)).flatMap((call) => {
    const { facts, effect } = applyCallEvent(call.facts, { type: 'cut', atMs })
    if (facts === call.facts) return []
    applyToLine(unit, effect)
    if (effect.chargeMs === 0) return [{ ...call, facts }]
    const entry = post(
      unit,
      { kind: 'call', amountMs: -effect.chargeMs, atMs, callId: call.id, draws: true, reason: 'cut' },
      nowMs,
    )
    return [addChargeEntry({ ...call, facts }, entry)]
  })
  await updateCalls(tx, cut)
}
