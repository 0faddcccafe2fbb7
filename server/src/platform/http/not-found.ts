import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem, platformProblems } from '../problem.ts'
import type { HttpServer } from './http-server.ts'

/** The built dashboard: one page for all of its addresses. */
export type Dashboard = { sendPage(reply: FastifyReply): FastifyReply }

type AddressAnswer =
  | { readonly kind: 'dashboard' }
  | { readonly kind: 'method'; readonly allow: readonly string[]; readonly problem: Problem }
  | { readonly kind: 'nothing'; readonly problem: Problem }

/**
 * Watches which routes are made, and answers what an address without a route for its method is: an address that takes
 * other methods, a page of the dashboard, or nothing.
 */
export function describeAddresses(
  server: HttpServer,
): (request: FastifyRequest, dashboard: Dashboard | undefined) => AddressAnswer {
  const addresses = new Map<string, { pattern: RegExp; methods: Set<string> }>()
  server.addHook('onRoute', ({ url, method }) => {
    // The static files' route takes every address.
    if (url.endsWith('*')) return
    const address = addresses.get(url) ?? { pattern: patternOf(url), methods: new Set() }
    for (const one of [method].flat()) address.methods.add(one)
    addresses.set(url, address)
  })

  return (request, dashboard) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const matching = [...addresses.values()].filter(({ pattern }) => pattern.test(path))
    const allow = [...new Set(matching.flatMap(({ methods }) => [...methods]))].sort()
    if (allow.length > 0 && !allow.includes(request.method)) {
      return {
        kind: 'method',
        allow,
        problem: new Problem(
          platformProblems.method_not_allowed,
          `${path} takes ${allow.join(', ')}, not ${request.method}.`,
        ),
      }
    }
    if (dashboard !== undefined && isPageRequest(request, path)) return { kind: 'dashboard' }
    return {
      kind: 'nothing',
      problem: new Problem(
        platformProblems.not_found,
        `There is nothing at ${path}. The addresses are listed at /docs.`,
      ),
    }
  }
}

/** `/v1/agents/:id` as an expression for addresses. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : RegExp.escape(part)))
  return new RegExp(`^${parts.join('/')}$`)
}

/** Whether a browser asks for a page, and not a program for something that is missing. */
function isPageRequest(request: FastifyRequest, path: string): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  if (/^\/(v1|llm|assets|docs)(\/|$)/.test(path)) return false
  return request.headers.accept?.includes('text/html') ?? false
}
