import type { FastifyContextConfig } from 'fastify'
import { z } from 'zod'
import { Problem, platformProblems } from '../platform/problem.ts'
import { KEY_SCOPES, type KeyScope, type Principal } from './principal.ts'

export const KeyScopeName = z.enum(KEY_SCOPES).meta({
  description:
    'read: read everything. calls:report: report answers, ends and heartbeats of calls. calls:start: start calls and hang up. campaigns: change and start campaigns. money: buy, cards, plan and auto-reload. admin: agents, members, keys, webhooks and settings. llm: the LLM gateway.',
})

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope that a key needs for this route. Left out: `read`. Every route that changes something names one. */
    keyScope?: KeyScope
  }
}

/** Finds the scope that a route names. Undefined: it changes something and names none, which is a mistake. */
export function findKeyScope(method: string, config: FastifyContextConfig): KeyScope | undefined {
  return config.keyScope ?? (method === 'GET' || method === 'HEAD' ? 'read' : undefined)
}

/** Whether the sender is a key that has the scope. A key from before scopes has all of them. */
export function hasKeyScope(principal: Principal, scope: KeyScope): boolean {
  return principal.kind !== 'user' && (principal.scopes === null || principal.scopes.includes(scope))
}

/**
 * Requires that the sender may use a route that needs `scope`. People need no scope, because their role decides. Nobody
 * may report calls from the dashboard: only a voice stack knows when a call was answered and when it ended.
 *
 * @throws Problem forbidden
 */
export function requireKeyScope(principal: Principal, scope: KeyScope): void {
  if (principal.kind === 'user' && scope !== 'calls:report') return
  if (hasKeyScope(principal, scope)) return
  throw new Problem(
    platformProblems.forbidden,
    principal.kind === 'user'
      ? 'Calls are reported by the voice stack, with an API key that has the scope "calls:report". A person who is signed in cannot report them.'
      : `This key does not have the scope "${scope}", which this request needs. Use a key that has it.`,
  )
}
