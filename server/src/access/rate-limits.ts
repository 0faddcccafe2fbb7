import rateLimit from '@fastify/rate-limit'
import { MINUTE_MS } from '@talktime/core/time/durations'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HttpServer } from '../platform/http/http-server.ts'
import { Problem, platformProblems } from '../platform/problem.ts'

/** Limits requests that could be used to guess passwords or invitation tokens. */
export type AccessLimits = {
  /** Throws `too_many_requests` if the network address or the email address made too many requests in a minute. */
  check(request: FastifyRequest, reply: FastifyReply, email?: string): Promise<void>
}

/** Requests per minute. */
export type LimitsMax = { readonly perAddress: number; readonly perEmail: number }

const DEFAULT_LIMITS: LimitsMax = { perAddress: 120, perEmail: 20 }

/** Counts in this process. With several processes, each allows the full number. */
export async function createAccessLimits(
  server: HttpServer,
  max: LimitsMax = DEFAULT_LIMITS,
): Promise<AccessLimits> {
  await server.register(rateLimit, { global: false })
  const emails = new WeakMap<FastifyRequest, string>()
  const byAddress = server.createRateLimit({ max: max.perAddress, timeWindow: MINUTE_MS })
  const byEmail = server.createRateLimit({
    max: max.perEmail,
    timeWindow: MINUTE_MS,
    keyGenerator: (request) => emails.get(request) ?? '',
  })
  return {
    async check(request, reply, email) {
      const counts = [await byAddress(request)]
      if (email !== undefined) {
        emails.set(request, email)
        counts.push(await byEmail(request))
      }
      for (const count of counts) {
        if (count.isAllowed || !count.isExceeded) continue
        reply.header('retry-after', String(count.ttlInSeconds))
        throw new Problem(
          platformProblems.too_many_requests,
          `Too many requests. Try again in ${count.ttlInSeconds} seconds.`,
        )
      }
    },
  }
}
