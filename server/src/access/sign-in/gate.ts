import type { FastifyReply, FastifyRequest } from 'fastify'
import { tooMany } from '../limits/limits.ts'
import { QueueFull } from '../passwords/queue.ts'
import type { KnownDevices } from './known-device.ts'

/** How many requests about passwords are worked on at once. */
export type GateLimits = {
  readonly all: number
  /** Of these, how many from browsers in which nobody has signed in before. */
  readonly unknown: number
}

/**
 * Admits few requests about passwords at once. All others are refused before anything is computed or read, so that a
 * storm of them takes neither processors nor connections from calls.
 */
export type SignInGate = {
  /** Throws `too_many_requests` at once if too many requests are being worked on. */
  admit<Result>(request: FastifyRequest, reply: FastifyReply, work: () => Promise<Result>): Promise<Result>
}

const RETRY_MS = 1_000

export function createSignInGate(devices: Pick<KnownDevices, 'isKnown'>, limits: GateLimits): SignInGate {
  let all = 0
  let unknown = 0
  return {
    async admit(request, reply, work) {
      const isKnown = devices.isKnown(request)
      if (all >= limits.all || (!isKnown && unknown >= limits.unknown)) throw tooMany(reply, RETRY_MS)
      all += 1
      if (!isKnown) unknown += 1
      try {
        return await work()
      } catch (error) {
        throw error instanceof QueueFull ? tooMany(reply, RETRY_MS) : error
      } finally {
        all -= 1
        if (!isKnown) unknown -= 1
      }
    },
  }
}
