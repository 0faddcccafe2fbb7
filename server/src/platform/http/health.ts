import { z } from 'zod'
import { Problem, platformProblems } from '../problem.ts'
import type { Routes } from './http-server.ts'

const Health = z.object({ status: z.literal('ok') })

/** Something without which the server cannot do its work. */
export type ReadinessCheck = {
  /** One word for programs, such as `clock`. */
  readonly name: string
  /** Finds what is wrong, as a sentence. Undefined: nothing. */
  readonly findFault: () => Promise<string | undefined>
  /** What is wrong if the check does not end in time. */
  readonly whenLate: string
}

/** How long /readyz takes at most. */
const CHECKS_MS_MAX = 800

type Failing = { readonly name: string; readonly detail: string }

/**
 * Creates the routes `/healthz` (the process is up) and `/readyz` (the server can do its work). Requests that come while
 * the checks are running get their result, so that many requests cost no more than one.
 */
export function healthRoutes(checks: readonly ReadinessCheck[]): Routes {
  let running: Promise<readonly Failing[]> | undefined

  function runChecks(): Promise<readonly Failing[]> {
    running ??= Promise.all(checks.map(runCheck))
      .then((found) => found.filter((failing) => failing !== undefined))
      .finally(() => {
        running = undefined
      })
    return running
  }

  return async (server) => {
    const config = { importance: 'urgent' } as const
    const schema = { tags: ['Operations'], response: { 200: Health } }
    const up = { config, schema: { ...schema, summary: 'The process is up' } }
    server.get('/healthz', up, async () => ({ status: 'ok' as const }))
    const ready = { config, schema: { ...schema, summary: 'The server can do its work' } }
    server.get('/readyz', ready, async () => {
      const failing = await runChecks()
      if (failing.length === 0) return { status: 'ok' as const }
      const details = new Set(failing.map(({ detail }) => detail))
      throw new Problem(platformProblems.unavailable, [...details].join(' '), {
        members: { failing: failing.map(({ name }) => name) },
      })
    })
  }
}

async function runCheck({ name, findFault, whenLate }: ReadinessCheck): Promise<Failing | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(whenLate), CHECKS_MS_MAX)
  })
  const detail = await Promise.race([findFault(), late]).finally(() => clearTimeout(timer))
  return detail === undefined ? undefined : { name, detail }
}
