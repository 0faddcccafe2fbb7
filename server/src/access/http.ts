import type { Assembly } from '../platform/assembly.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import type { Access } from './access.ts'

/** What routes get from the HTTP server. */
export type Http = {
  readonly access: Access
  readonly idempotency: Idempotency
}

/** Where rooms register their routes, chores and workers. */
export type RoomAssembly = Assembly<Http>
