import { hash, randomBytes } from 'node:crypto'
import { isOpen } from '@talktime/core/calls/call'
import { findLatestEnd } from '@talktime/core/calls/call-lease'
import { callProblems, loadCalls } from '../../calls/index.ts'
import type { Queryable, Tx } from '../../platform/database/database.ts'
import { Problem } from '../../platform/problem.ts'

/**
 * A call token allows its holder to use the gateway for one call until the call is over. It consists of `tt_call_`, the
 * workspace's UUID, by which it is looked up, and 160 random bits.
 */
const tokenPattern = /^tt_call_([0-9a-f]{32})[0-9a-f]{40}$/

export type CallTokenRef = { readonly workspaceId: string; readonly hash: Buffer }

/** Parses a call token. Undefined if the text does not have the form of one. */
export function parseCallToken(text: string): CallTokenRef | undefined {
  const hex = tokenPattern.exec(text)?.[1]
  if (hex === undefined) return undefined
  const workspaceId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return { workspaceId, hash: hash('sha256', text, 'buffer') }
}

/**
 * Creates a token for an open call. The token is returned only here; its hash is stored.
 *
 * @throws Problem call_not_found, or call_not_open for a call that is over or was refused
 */
export async function createCallToken(
  tx: Tx,
  workspaceId: string,
  callId: string,
  nowMs: number,
): Promise<{ token: string; expiresAtMs: number }> {
  const [call] = await loadCalls(tx, workspaceId, [callId])
  if (call === undefined)
    throw new Problem(callProblems.call_not_found, 'There is no such call in this workspace.')
  const expiresAtMs = findLatestEnd(call.facts.answeredAtMs, call)
  if (!isOpen(call.facts) || expiresAtMs <= nowMs) {
    throw new Problem(
      callProblems.call_not_open,
      'The call is over or was refused, so a token would be useless.',
    )
  }
  const token = `tt_call_${workspaceId.replaceAll('-', '')}${randomBytes(20).toString('hex')}`
  await tx.query(
    `insert into llm_call_tokens (workspace_id, token_hash, call_id, expires_at_ms) values ($1, $2, $3, $4)`,
    [workspaceId, hash('sha256', token, 'buffer'), callId, expiresAtMs],
  )
  return { token, expiresAtMs }
}

/** Deletes all tokens of a call. */
export async function revokeCallTokens(tx: Tx, workspaceId: string, callId: string): Promise<void> {
  await tx.query('delete from llm_call_tokens where workspace_id = $1 and call_id = $2', [
    workspaceId,
    callId,
  ])
}

/** Deletes expired tokens, at most `limit`. */
export async function deleteExpiredCallTokens(db: Queryable, nowMs: number, limit = 10_000): Promise<void> {
  await db.query(
    `delete from llm_call_tokens where (workspace_id, token_hash) in
       (select workspace_id, token_hash from llm_call_tokens where expires_at_ms <= $1 limit $2)`,
    [nowMs, limit],
  )
}
