import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { HttpServer } from './http-server.ts'
import type { Dashboard } from './not-found.ts'

const YEAR_SECONDS = 365 * 24 * 60 * 60

/**
 * Builds the content security policy of a page: it can load only what this server sends. Inline styles are allowed, since
 * the component library writes them; inline scripts are allowed only by their hash.
 */
export function contentSecurityPolicy(scriptHashes: readonly string[] = []): string {
  return [
    "default-src 'self'",
    ["script-src 'self'", ...scriptHashes.map((hash) => `'${hash}'`)].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** The headers of every HTML page. */
export function pageHeaders(policy: string): Record<string, string> {
  return {
    'content-security-policy': policy,
    'referrer-policy': 'same-origin',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  }
}

/** Finds the built dashboard in `folder`. Undefined if it is not built. */
export function findDashboard(folder: string): Dashboard | undefined {
  if (!existsSync(join(folder, 'index.html'))) return undefined
  return { sendPage: (reply) => reply.sendFile('index.html') }
}

/** Serves the files of the dashboard. Files under /assets/ have a hash in their names and never change. */
export async function serveDashboard(server: HttpServer, folder: string): Promise<void> {
  const headers = pageHeaders(contentSecurityPolicy())
  await server.register(fastifyStatic, {
    root: folder,
    preCompressed: true,
    cacheControl: false,
    schemaHide: true,
    setHeaders(reply, path) {
      if (path.startsWith(join(folder, 'assets/'))) {
        reply.header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`)
        return
      }
      reply.header('cache-control', 'no-cache')
      if (path.includes('index.html')) reply.headers(headers)
    },
  })
}
