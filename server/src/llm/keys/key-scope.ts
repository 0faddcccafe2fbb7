import type { FastifyRequest } from 'fastify'
import { type Actor, type AuditSource, requireRole } from '../../access/index.ts'
import { Problem } from '../../platform/problem.ts'
import { uuidFrom } from '../../public-ids.ts'
import type { LlmDeps } from '../deps.ts'
import { llmProblems } from '../problems.ts'
import { requireOwnKeys } from './keys.ts'

export type KeyScope = {
  readonly workspaceId: string
  /** Who makes the change, and when. */
  readonly saved: { readonly by: Actor; readonly atMs: number }
  readonly source: AuditSource
}

/**
 * Finds the workspace in which a request may use and change own keys.
 *
 * @throws Problem forbidden for members, plan_required on plans without own keys
 */
export async function findKeyScope(
  { access, clock, database, ledger }: LlmDeps,
  request: FastifyRequest,
): Promise<KeyScope> {
  const scope = await access.scopeOf(request)
  requireRole(scope, 'admin')
  await ledger.catchUpIfDue(scope.workspaceId)
  await requireOwnKeys(database, scope.workspaceId)
  return { workspaceId: scope.workspaceId, saved: { by: scope.actor, atMs: clock.now() }, source: scope }
}

/** Throws `llm_key_not_found` for a text that is not a key's id. */
export function parseKeyId(id: string): string {
  const uuid = uuidFrom('llmKey', id)
  if (uuid !== undefined) return uuid
  throw new Problem(llmProblems.llm_key_not_found, 'There is no such LLM key in this workspace.')
}
