import { systemClock } from '../../server/src/platform/clock.ts'
import type { Connection } from './connection.ts'

/** A workspace as callers know it. */
export type Caller = { readonly key: string; readonly agentId: string }

/** How long each conversation is said to have taken before it ends. */
const CALL_MS = 1000

/**
 * A whole call, as a voice stack reports it: authorize, answer, end. Anything but the expected answer throws.
 *
 * @param authorized called when the first answer is there
 */
export async function wholeCall(
  connection: Connection,
  caller: Caller,
  authorized: () => void,
): Promise<void> {
  const post = async (path: string, body: string, expected: number) => {
    const answer = await connection.post(path, caller.key, body)
    if (answer.status !== expected) throw new Error(`POST ${path} answered ${answer.status}: ${answer.body}`)
    return answer.body
  }
  const start = `{"agentId":"${caller.agentId}","direction":"outbound","from":"+14155550100","to":"+14155550101"}`
  const call = await post('/v1/calls', start, 201)
  authorized()
  const id = /"id":"(call_\w+)"/.exec(call)?.[1]
  const answeredAt = new Date(systemClock.now() - CALL_MS).toISOString()
  await post(`/v1/calls/${id}/answer`, `{"at":"${answeredAt}"}`, 200)
  const ended = await post(`/v1/calls/${id}/end`, '{"reason":"hangup"}', 200)
  if (!ended.includes('"status":"ended"')) throw new Error(`The call did not end: ${ended}`)
}
