import { isOpen } from '@talktime/core/calls/call'
import type { ReportDeps } from './apply-carrier-report.ts'
import type { CarrierName } from './carrier.ts'
import { findLegByCall, withdrawLeg } from './leg-store.ts'

/**
 * Takes back an order that did not get as far as a carrier: whoever still holds it, or will only hear of it now, places
 * nothing. Where a carrier was asked already nothing changes.
 *
 * @returns true where there is no call; otherwise what became of it is in the call
 */
export async function withdraw(
  { database, engine, clock, callOf }: Pick<ReportDeps, 'database' | 'engine' | 'clock' | 'callOf'>,
  order: { readonly workspaceId: string; readonly callId: string; readonly carrier: CarrierName },
): Promise<boolean> {
  const { workspaceId, callId } = order
  await withdrawLeg(database, order, clock.now())
  const leg = await findLegByCall(database, callId)
  if (leg?.state !== 'over') return false
  const call = await callOf(order)
  if (call === undefined) return true
  if (isOpen(call.facts)) {
    await engine.submit({ type: 'end', workspaceId, target: { callId }, atMs: null, reason: 'withdrawn' })
  }
  return false
}
