import type { Assembly } from '../platform/assembly.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import type { Access } from './access.ts'
import type { AccessLimits } from './rate-limits.ts'

/** What routes need of the HTTP side: who asks, and what they asked before. */
export type Http = {
  readonly access: Access
  readonly idempotency: Idempotency
  readonly limits: AccessLimits
}

/** Where rooms register what they bring. */
export type RoomAssembly = Assembly<Http>
