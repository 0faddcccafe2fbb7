/** An operation of the API: its method and its path as the OpenAPI document writes it. */
export type Operation = { readonly method: string; readonly path: string }

/** What a key must have for an operation. */
export type NeededScope = 'read' | 'calls:report' | 'calls:start' | 'campaigns' | 'money' | 'admin' | 'llm'

// Written by hand from what was decided, not read from the server: an operation that the server opens by mistake is found
// because it is not here.

const PUBLIC = [
  /^GET \/v1\/(plans|packages)(\/\{id\})?$/,
  /^POST \/v1\/(sign-up|sign-in|sign-in\/second-factor|sign-out)$/,
  /^GET \/v1\/invitations\/lookup$/,
  /^GET \/(healthz|readyz)$/,
  // What somebody who cannot sign in asks for by mail, and answers with what arrives.
  /^POST \/v1\/(email-confirmations|password-resets)(\/(confirm|complete))?$/,
]

const OPERATOR = [/^PUT \/v1\/(plans|packages)\/\{id\}$/, /^\w+ \/v1\/workspaces(\/.*)?$/]

/** What every member may change: what concerns only the member. */
const MEMBER = [
  /^POST \/v1\/alerts\/read$/,
  /^PUT \/v1\/alert-settings$/,
  /^POST \/v1\/invitations\/accept$/,
  /^POST \/v1\/subscription\/preview$/,
  // A person's own account and sessions.
  /^\w+ \/v1\/(account(\/.*)?|session)$/,
]

const SCOPES: readonly (readonly [RegExp, NeededScope])[] = [
  [/^POST \/v1\/calls\/(\{id\}\/(answer|end|heartbeat)|batch)$/, 'calls:report'],
  [/^POST \/v1\/(calls|calls\/\{id\}\/hang-up|test-calls.*|web-calls)$/, 'calls:start'],
  [/^\w+ \/v1\/calls\/\{id\}\/llm-token$/, 'llm'],
  [/^\w+ \/llm\/v1\//, 'llm'],
  [/^POST \/v1\/agents\/\{id\}\/llm-test$/, 'llm'],
  [/^POST \/v1\/subscription\/preview$/, 'read'],
  [/^GET \/v1\/audit-log/, 'admin'],
  [/^GET /, 'read'],
  [/^\w+ \/v1\/campaigns/, 'campaigns'],
  [/^\w+ \/v1\/(purchases|payment-methods|subscription|auto-reload|workspaces\/\{id\}\/grants)/, 'money'],
]

const nameOf = ({ method, path }: Operation) => `${method} ${path}`
const isAmong = (patterns: readonly RegExp[], operation: Operation) =>
  patterns.some((pattern) => pattern.test(nameOf(operation)))

/** Whether anybody may use an operation, without a key or a session. */
export const isPublic = (operation: Operation) => isAmong(PUBLIC, operation)
export const isForOperator = (operation: Operation) => isAmong(OPERATOR, operation)
/** Whether a plain member may use an operation that changes something. */
export const isForMembers = (operation: Operation) => isAmong(MEMBER, operation)
/** Whether only a voice stack may use an operation. */
export const isReport = (operation: Operation) => findScope(operation) === 'calls:report'

/** The scope that a key needs for an operation. */
export function findScope(operation: Operation): NeededScope {
  return SCOPES.find(([pattern]) => pattern.test(nameOf(operation)))?.[1] ?? 'admin'
}
