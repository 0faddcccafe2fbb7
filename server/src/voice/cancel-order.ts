import { isOpen } from '@talktime/core/calls/call'
import type { CarrierName } from './carrier.ts'
import { loadCallOfLeg, type VoiceDeps } from './deps.ts'
import { cancelLeg, findLegByCall } from './leg-store.ts'

/**
 * Cancels an order that no carrier was asked to place yet. Every process that holds the order, or receives it later,
 * then places nothing. Changes nothing if a carrier was asked already. The call, if there is one, ends as `withdrawn`.
 *
 * @returns true if there is no call. Otherwise the call says what became of the order.
 */
export async function cancelOrder(
  deps: Pick<VoiceDeps, 'database' | 'engine' | 'clock'>,
  order: { readonly workspaceId: string; readonly callId: string; readonly carrier: CarrierName },
): Promise<boolean> {
  const { workspaceId, callId } = order
  await cancelLeg(deps.database, order, deps.clock.now())
  const leg = await findLegByCall(deps.database, callId)
  if (leg?.state !== 'over') return false
  const call = await loadCallOfLeg(deps, order)
  if (call === undefined) return true
  if (isOpen(call.facts)) {
    await deps.engine.submit({
      type: 'end',
      by: 'carrier',
      workspaceId,
      target: { callId },
      atMs: null,
      reason: 'withdrawn',
    })
  }
  return false
}
