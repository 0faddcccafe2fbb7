import { networkOf } from '../platform/http/connection-limits.ts'
import { createOverloaded } from '../platform/problem.ts'
import { createSlots } from '../platform/slots.ts'
import type { Authenticate } from './authenticate.ts'

/** How many requests of unknown senders may be looked up at once, in all and from one network address. */
const LOOKUPS = { max: 128, ownerMax: 64 }

/**
 * Bounds how many unknown senders are looked up in the database at once: otherwise anybody could fill the database's queue
 * with invented keys. Senders whose connection carried a valid key before are not bounded.
 */
export function boundLookups(authenticate: Authenticate): Authenticate {
  const lookups = createSlots(LOOKUPS)
  return (request) => {
    if (request.server.connections.isKnown(request.raw.socket)) return authenticate(request)
    const free = lookups.take(networkOf(request.ip))
    if (free === undefined) throw createOverloaded()
    try {
      const found = authenticate(request)
      if (found instanceof Promise) return found.finally(free)
      free()
      return found
    } catch (error) {
      free()
      throw error
    }
  }
}
