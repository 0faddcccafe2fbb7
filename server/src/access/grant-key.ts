import { assertNever } from '@talktime/core/exhaustive'
import { instantOf } from '../platform/http/instant.ts'
import { invalid, Problem, platformProblems } from '../platform/problem.ts'
import type { NewKey } from './key-store.ts'
import { KEY_SCOPES, type KeyScope, type Principal } from './principal.ts'

/** What a request asks of a new key. Left out: every scope that the sender may give, and no expiry. */
export type RequestedKey = {
  readonly scopes?: readonly KeyScope[] | undefined
  readonly expiresAtMs?: number | undefined
}

/**
 * Decides what a new key may do, until when, and to whom it belongs. A key never has more than the key that makes it: no
 * further scope and no later expiry. Only the operator gives `calls:report` to a workspace that may not give it itself.
 *
 * @throws Problem forbidden, invalid_request
 */
export function grantKey(
  sender: Principal,
  requested: RequestedKey,
  workspace: { readonly mayReportCalls: boolean },
  nowMs: number,
): Required<Pick<NewKey, 'scopes' | 'expiresAtMs' | 'createdThrough'>> &
  Pick<NewKey, 'createdBy' | 'createdByKey'> {
  const given = listGivable(sender, workspace)
  const refused = requested.scopes?.find((scope) => !given.includes(scope))
  if (refused !== undefined) throw scopeRefused(sender, refused)
  const scopes = given.filter((scope) => requested.scopes?.includes(scope) ?? true)
  return {
    scopes,
    expiresAtMs: limitExpiry(sender, requested.expiresAtMs ?? null, nowMs),
    ...originOf(sender),
  }
}

/** The scopes that a sender may give to a new key, in the order of {@link KEY_SCOPES}. */
function listGivable(
  sender: Principal,
  { mayReportCalls }: { readonly mayReportCalls: boolean },
): readonly KeyScope[] {
  switch (sender.kind) {
    case 'operator':
      return KEY_SCOPES.filter((scope) => sender.scopes?.includes(scope) ?? true)
    case 'key':
      return KEY_SCOPES.filter(
        (scope) => sender.scopes?.includes(scope) && (scope !== 'calls:report' || mayReportCalls),
      )
    case 'user':
      return KEY_SCOPES.filter((scope) => scope !== 'calls:report' || mayReportCalls)
    default:
      return assertNever(sender)
  }
}

function limitExpiry(sender: Principal, expiresAtMs: number | null, nowMs: number): number | null {
  if (expiresAtMs !== null && expiresAtMs <= nowMs) {
    throw invalid(
      '/expiresAt',
      '"expiresAt" must be in the future. Leave it out for a key that does not expire.',
    )
  }
  const ownMs = sender.kind === 'user' ? null : sender.expiresAtMs
  if (ownMs === null || expiresAtMs === null) return expiresAtMs ?? ownMs
  if (expiresAtMs <= ownMs) return expiresAtMs
  throw new Problem(
    platformProblems.forbidden,
    `A key cannot make one that outlives it. This key expires at ${instantOf(ownMs)}.`,
    { errors: [{ pointer: '/expiresAt', detail: `Must be ${instantOf(ownMs)} or earlier.` }] },
  )
}

function originOf(
  sender: Principal,
): { readonly createdThrough: NonNullable<NewKey['createdThrough']> } & Pick<
  NewKey,
  'createdBy' | 'createdByKey'
> {
  switch (sender.kind) {
    case 'operator':
      return { createdThrough: 'operator' }
    case 'key':
      return { createdThrough: 'key', createdByKey: sender.keyId }
    case 'user':
      return { createdThrough: 'dashboard', createdBy: sender.userId }
    default:
      return assertNever(sender)
  }
}

function scopeRefused(sender: Principal, scope: KeyScope): Problem {
  const detail =
    sender.kind !== 'user' && sender.scopes?.includes(scope) === false
      ? `This key does not have the scope "${scope}", so it cannot give it to another key.`
      : `Only the operator may give the scope "${scope}" to a key of this workspace. Ask the operator for a voice stack key, or to let this workspace make them.`
  return new Problem(platformProblems.forbidden, detail, { errors: [{ pointer: '/scopes', detail }] })
}

/** Throws `forbidden` for a workspace's key from before scopes: keys could not make or revoke keys then. */
export function requireKeyWithScopes(sender: Principal): void {
  if (sender.kind !== 'key' || sender.scopes !== null) return
  throw new Problem(
    platformProblems.forbidden,
    'This key is from before scopes, so it may not make or revoke keys. Make a key in the dashboard, and replace this one.',
  )
}
