import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { contentSecurityPolicy, pageHeaders } from '../../platform/http/dashboard.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import type { ChargeOutcome } from '../gateway.ts'
import type { SandboxBank } from './bank.ts'
import { outcomeOf } from './gateway.ts'
import { confirmationPage, returnPath, unknownChargePage } from './page.ts'

export type SandboxRouteDeps = {
  readonly bank: SandboxBank
  /** The bank tells what its customer decided, as a real one does by a webhook. */
  readonly tell: (purchaseId: string, outcome: ChargeOutcome) => Promise<void>
}

const headers = pageHeaders(contentSecurityPolicy())

/** The sandbox bank's page, where payments are confirmed. Whoever has a charge's address may. */
export function sandboxRoutes({ bank, tell }: SandboxRouteDeps): Routes {
  const schema = { hide: true, params: z.object({ charge: z.string() }) }

  function sendPage(reply: FastifyReply, status: number, html: string): FastifyReply {
    return reply
      .code(status)
      .headers({ ...headers, 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' })
      .send(html)
  }

  return async (server) => {
    // Forms are sent by these pages alone, and the address says everything.
    server.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, _body, done) => done(null, undefined),
    )

    server.get('/sandbox-bank/:charge', { schema }, async (request, reply) => {
      const charge = await bank.find(request.params.charge)
      if (charge === undefined) return sendPage(reply, 404, unknownChargePage())
      return sendPage(reply, 200, confirmationPage(charge))
    })

    for (const [decision, end] of [
      ['confirm', 'confirmed'],
      ['decline', 'authentication_failed'],
    ] as const) {
      server.post(`/sandbox-bank/:charge/${decision}`, { schema }, async (request, reply) => {
        await bank.finish(request.params.charge, end)
        const charge = await bank.find(request.params.charge)
        if (charge === undefined) return sendPage(reply, 404, unknownChargePage())
        await tell(charge.idempotencyKey, outcomeOf(charge))
        return reply.redirect(returnPath(charge), 303)
      })
    }
  }
}
