import { balanceAt } from '@talktime/core/billing/balance-line'
import { callResponse, loadCalls } from '../calls/index.ts'
import { amountOf, readLine } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { instantOf } from '../platform/http/instant.ts'
import { type IdKind, publicId } from '../public-ids.ts'
import type { Changes, OtherChange } from './event-store.ts'

/**
 * One message of a stream. Only the last message of a batch has an id: a listener that loses its connection in the
 * middle of a batch gets the whole batch again.
 */
export type Message = { readonly event: string; readonly data: unknown; readonly id?: number }

export type MessageDeps = { readonly database: Database; readonly clock: Clock }

/**
 * Reads the messages for what changed: the calls as they are now, the other changes, and the balance last. A call's
 * start and end move the balance line too, and the message of its new place carries the id.
 */
export async function readMessages(
  deps: MessageDeps,
  workspaceId: string,
  changes: Changes,
): Promise<Message[]> {
  const calls = await loadCalls(deps.database, workspaceId, changes.callIds)
  return [
    ...calls.map((call) => ({ event: 'call', data: callResponse(call) })),
    ...changes.others.map(createChangeMessage),
    await readBalanceMessage(deps, workspaceId, changes.seq),
  ]
}

/** Reads the message of the live balance. */
export async function readBalanceMessage(
  { database, clock }: MessageDeps,
  workspaceId: string,
  id: number,
): Promise<Message> {
  const line = await readLine(database, workspaceId)
  const nowMs = clock.now()
  const balance = amountOf(balanceAt(line, nowMs))
  return { event: 'balance', data: { asOf: instantOf(nowMs), balance, liveCalls: line.liveCalls }, id }
}

/** The kind of ID that each topic's changes carry; null: the workspace has one of it. */
const idKindOfTopic: Readonly<Record<OtherChange['topic'], IdKind | null>> = {
  agent: 'agent',
  workspace: null,
  purchase: 'purchase',
  payment_method: 'paymentMethod',
  subscription: null,
  auto_reload: 'reloadAttempt',
  alert: 'alert',
  campaign: 'campaign',
}

/** Creates a message that names what changed. It has no content: listeners read that from the API. */
function createChangeMessage({ topic, id }: OtherChange): Message {
  const kind = idKindOfTopic[topic]
  return { event: topic, data: id === null || kind === null ? {} : { id: publicId(kind, id) } }
}
