import { systemClock } from '../../server/src/platform/clock.ts'
import type { Connection } from './connection.ts'

/** A workspace's API key and agent, as an API client knows them. */
export type Caller = { readonly key: string; readonly agentId: string }

/** The reported length of each conversation. */
const CALL_MS = 1000

/**
 * Makes a whole call, as a voice stack reports it: authorize, answer, end. Throws on an unexpected response.
 *
 * @param onAuthorized called when the response to the authorization has arrived
 */
export async function makeCall(
  connection: Connection,
  caller: Caller,
  onAuthorized: () => void,
): Promise<void> {
  const post = async (path: string, body: string, expected: number) => {
    const response = await connection.post(path, caller.key, body)
    if (response.status !== expected)
      throw new Error(`POST ${path} answered ${response.status}: ${response.body}`)
    return response.body
  }
  const start = `{"agentId":"${caller.agentId}","direction":"outbound","from":"+14155550100","to":"+14155550101"}`
  const call = await post('/v1/calls', start, 201)
  onAuthorized()
  const id = /"id":"(call_\w+)"/.exec(call)?.[1]
  const answeredAt = new Date(systemClock.now() - CALL_MS).toISOString()
  await post(`/v1/calls/${id}/answer`, `{"at":"${answeredAt}"}`, 200)
  const ended = await post(`/v1/calls/${id}/end`, '{"reason":"hangup"}', 200)
  if (!ended.includes('"status":"ended"')) throw new Error(`The call did not end: ${ended}`)
}
