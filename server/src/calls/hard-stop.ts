import { clampToKnownTime } from '@talktime/core/billing/threshold-crossings'
import { isOpen } from '@talktime/core/calls/call'
import { computeHardStop } from '@talktime/core/calls/talk-allowance'
import type { WorkspaceUnit } from '../ledger/index.ts'
import type { CallRow } from './call-row.ts'
import type { GateRow } from './call-store.ts'

/** Returns the call with the hard stop that its plan and the balance allow now. A call that is over keeps its own. */
export function renewHardStop(
  call: CallRow,
  { unit, gate, nowMs }: { readonly unit: WorkspaceUnit; readonly gate: GateRow; readonly nowMs: number },
): CallRow {
  if (!isOpen(call.facts)) return call
  const terms = { overdraft: gate.overdraft, durationMsMax: gate.callDurationSecondsMax * 1000 }
  const stop = { answeredAtMs: call.facts.answeredAtMs, maxDurationMs: call.maxDurationMs }
  const { line } = unit
  const atMs = clampToKnownTime(line, nowMs)
  const maxDurationMs = computeHardStop(terms, line, line.openCalls, stop, atMs)
  return maxDurationMs === call.maxDurationMs ? call : { ...call, maxDurationMs }
}
