import cookie from '@fastify/cookie'
import { assertNever } from '@talktime/core/exhaustive'
import type { FastifyRequest } from 'fastify'
import type { HttpServer } from '../platform/http/http-server.ts'
import type { Access } from './access.ts'
import { findKeyScope, requireKeyScope } from './key-scopes.ts'
import { requireOwnOrigin } from './origin.ts'
import type { Principal } from './principal.ts'

/**
 * Authenticates every request under /v1, and checks the scopes of its key, before its body is read. Routes with
 * `public: true` in their config need no key and no session.
 */
export async function guardRoutes(
  server: HttpServer,
  access: Access,
  { publicUrl }: { publicUrl: string | undefined },
): Promise<void> {
  await server.register(cookie)
  server.decorateRequest('principal', null)
  server.addHook('onRequest', (request, _reply, done) => {
    const { url, config } = request.routeOptions
    if (url === undefined || !url.startsWith('/v1/')) return done()
    if (config.public === true) {
      requireOwnOrigin(request, { publicUrl, required: false })
      return done()
    }
    const found = access.authenticate(request)
    if (found instanceof Promise) {
      found.then((principal) => admit(request, principal)).then(() => done(), done)
      return
    }
    admit(request, found)
    done()
  })

  function admit(request: FastifyRequest, principal: Principal): void {
    if (principal.kind === 'user') requireOwnOrigin(request, { publicUrl, required: true })
    // A route that names no scope is open to keys that may do almost everything.
    requireKeyScope(principal, findKeyScope(request.method, request.routeOptions.config) ?? 'admin')
    request.principal = principal
    server.connections.markKnown(request.raw.socket)
    request.idempotencyScope = idempotencyScope(principal)
  }
}

function idempotencyScope(principal: Principal): string {
  switch (principal.kind) {
    case 'operator':
      return 'operator'
    case 'key':
      return `workspace:${principal.workspaceId}`
    case 'user':
      return `user:${principal.userId}`
    default:
      return assertNever(principal)
  }
}
