import { createHash } from 'node:crypto'
import Fastify, { type FastifyInstance } from 'fastify'
import { contentSecurityPolicy, pageHeaders } from './dashboard.ts'
import type { Routes } from './http-server.ts'

/**
 * Creates the routes of the API reference at /docs. Its script comes from this server; it loads nothing from elsewhere.
 * The script is large (5 MB), so it is loaded at the first request for it.
 */
export function referenceRoutes(): Routes {
  let loading: Promise<FastifyInstance> | undefined
  async function requestReference(url: string) {
    loading ??= loadReference()
    return (await loading).inject({ method: 'GET', url })
  }

  return async (server) => {
    const schema = { hide: true }
    server.get('/docs', { schema }, async (_request, reply) => reply.redirect('/docs/', 308))
    server.get('/docs/', { schema }, async (_request, reply) => {
      const { payload } = await requestReference('/docs/')
      return reply
        .headers(pageHeaders(contentSecurityPolicy(hashScripts(payload))))
        .header('cache-control', 'no-cache')
        .type('text/html; charset=utf-8')
        .send(payload)
    })
    server.get('/docs/js/scalar.js', { schema }, async (_request, reply) => {
      const { rawPayload } = await requestReference('/docs/js/scalar.js')
      return reply
        .header('cache-control', 'public, max-age=3600')
        .type('text/javascript; charset=utf-8')
        .send(rawPayload)
    })
  }
}

/** Hashes the inline scripts of a page in the form of a content security policy. */
function hashScripts(page: string): string[] {
  const scripts = page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)
  return Array.from(scripts, ([, script = '']) => {
    return `sha256-${createHash('sha256').update(script).digest('base64')}`
  })
}

async function loadReference(): Promise<FastifyInstance> {
  const { default: apiReference } = await import('@scalar/fastify-api-reference')
  const reference = Fastify({ logger: false })
  await reference.register(apiReference, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      pageTitle: 'Talktime API',
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
      agent: { disabled: true },
      mcp: { disabled: true },
      showDeveloperTools: 'never',
    },
  })
  await reference.ready()
  return reference
}
