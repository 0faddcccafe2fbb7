import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { contentSecurityPolicy, pageHeaders } from '../../platform/http/dashboard.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import type { ChargeOutcome } from '../gateway.ts'
import type { SandboxBank } from './bank-store.ts'
import { readOutcome } from './gateway.ts'
import { buildReturnPath, renderConfirmation, renderUnknownCharge } from './page.ts'

export type SandboxRouteDeps = {
  readonly bank: SandboxBank
  /** Reports what the bank's customer decided, as a real bank does with a webhook. */
  readonly reportOutcome: (purchaseId: string, outcome: ChargeOutcome) => Promise<void>
}

const headers = pageHeaders(contentSecurityPolicy())

const decisions = [
  ['confirm', 'confirmed'],
  ['decline', 'authentication_failed'],
] as const

/** The sandbox bank's page on which payments are confirmed. A charge's address is all that is needed to use it. */
export function sandboxRoutes({ bank, reportOutcome }: SandboxRouteDeps): Routes {
  const schema = { hide: true, params: z.object({ charge: z.string() }) }

  return async (server) => {
    // Only these pages send forms, and the address contains everything.
    server.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, _body, done) => done(null, undefined),
    )

    server.get('/sandbox-bank/:charge', { schema }, async (request, reply) => {
      const charge = await bank.find(request.params.charge)
      if (charge === undefined) return sendPage(reply, 404, renderUnknownCharge())
      return sendPage(reply, 200, renderConfirmation(charge))
    })

    for (const [decision, end] of decisions) {
      server.post(`/sandbox-bank/:charge/${decision}`, { schema }, async (request, reply) => {
        await bank.finish(request.params.charge, end)
        const charge = await bank.find(request.params.charge)
        if (charge === undefined) return sendPage(reply, 404, renderUnknownCharge())
        await reportOutcome(charge.idempotencyKey, readOutcome(charge))
        return reply.redirect(buildReturnPath(charge), 303)
      })
    }
  }
}

function sendPage(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply
    .code(status)
    .headers({ ...headers, 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' })
    .send(html)
}
