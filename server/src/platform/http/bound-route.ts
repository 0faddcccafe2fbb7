import type { FastifyReply, FastifyRequest } from 'fastify'
import { createOverloaded } from '../problem.ts'
import { createSlots, type SlotLimits } from '../slots.ts'

/**
 * Creates the `onRequest` hook of routes that bound themselves, with the importance `own`: it limits their requests in
 * progress, in all and of one sender. Requests beyond that are answered `overloaded` before their body is read.
 */
export function boundRoute(limits: SlotLimits, senderOf: (request: FastifyRequest) => string | undefined) {
  const slots = createSlots(limits)
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const free = slots.take(senderOf(request))
    if (free === undefined) {
      done(createOverloaded())
      return
    }
    reply.raw.once('close', free)
    done()
  }
}
