import rateLimit from '@fastify/rate-limit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HttpServer } from '../platform/http/http-server.ts'
import { Problem, platformProblems } from '../platform/problem.ts'

/** How often within a minute somebody may try what could be guessed: passwords, invitations. */
export type AccessLimits = {
  /** Throws `too_many_requests` where an address, or an email address, has tried too often. */
  check(request: FastifyRequest, reply: FastifyReply, email?: string): Promise<void>
}

export type LimitsMax = { readonly perAddress: number; readonly perEmail: number }

export const limitsDefault: LimitsMax = { perAddress: 120, perEmail: 20 }

const minuteMs = 60_000

/** Counted in this process: with several, each allows as many. */
export async function createAccessLimits(
  server: HttpServer,
  max: LimitsMax = limitsDefault,
): Promise<AccessLimits> {
  await server.register(rateLimit, { global: false })
  const emails = new WeakMap<FastifyRequest, string>()
  const byAddress = server.createRateLimit({ max: max.perAddress, timeWindow: minuteMs })
  const byEmail = server.createRateLimit({
    max: max.perEmail,
    timeWindow: minuteMs,
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
          `Too many tries. Try again in ${count.ttlInSeconds} seconds.`,
        )
      }
    },
  }
}
