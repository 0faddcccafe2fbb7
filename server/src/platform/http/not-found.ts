import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem, platformProblems } from '../problem.ts'
import type { HttpServer } from './http-server.ts'

/** The built dashboard: a single page for all of its paths. */
export type Dashboard = { sendPage(reply: FastifyReply): FastifyReply }

type MissingRoute =
  | { readonly kind: 'dashboard' }
  | { readonly kind: 'method'; readonly allow: readonly string[]; readonly problem: Problem }
  | { readonly kind: 'nothing'; readonly problem: Problem }

/**
 * Creates a function that tells what to answer to a request without a route: the path may accept other methods, be a page
 * of the dashboard, or not exist. It knows all routes that are added after this call.
 */
export function createRouteFinder(
  server: HttpServer,
): (request: FastifyRequest, dashboard: Dashboard | undefined) => MissingRoute {
  const addresses = new Map<string, { pattern: RegExp; methods: Set<string> }>()
  server.addHook('onRoute', ({ url, method }) => {
    // The route of the static files matches every path.
    if (url.endsWith('*')) return
    const address = addresses.get(url) ?? { pattern: toPattern(url), methods: new Set() }
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

/** Converts a route’s path, such as `/v1/agents/:id`, to a regular expression for paths. */
function toPattern(url: string): RegExp {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : RegExp.escape(part)))
  return new RegExp(`^${parts.join('/')}$`)
}

/** Whether a browser requests a page, rather than a program something that does not exist. */
function isPageRequest(request: FastifyRequest, path: string): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  if (/^\/(v1|llm|assets|docs)(\/|$)/.test(path)) return false
  return request.headers.accept?.includes('text/html') ?? false
}
