import { readdir } from 'node:fs/promises'
import { z } from 'zod'
import type { Queryable } from '../database/database.ts'
import { Problem, platformProblems } from '../problem.ts'
import type { Routes } from './http-server.ts'

const Health = z.object({ status: z.literal('ok') })

/**
 * Creates the routes `/healthz` (the process is up) and `/readyz` (the server can do its work).
 *
 * @param outstanding reads the names of migrations that were not applied to the database yet
 */
export function healthRoutes(outstanding: () => Promise<readonly string[]>): Routes {
  return async (server) => {
    const schema = { tags: ['Operations'], response: { 200: Health } }
    server.get('/healthz', { schema: { ...schema, summary: 'The process is up' } }, async () => ({
      status: 'ok' as const,
    }))
    server.get('/readyz', { schema: { ...schema, summary: 'The server can do its work' } }, async () => {
      const missing = await outstanding().catch((error: unknown) => {
        throw new Problem(platformProblems.unavailable, 'The database cannot be reached.', {
          internal: error,
        })
      })
      if (missing.length > 0) {
        throw new Problem(platformProblems.unavailable, `The database still lacks ${missing.join(', ')}.`)
      }
      return { status: 'ok' as const }
    })
  }
}

/** Creates a function that reads the names of the migrations in `folder` that were not applied to the database yet. */
export async function createMigrationCheck(db: Queryable, folder: string): Promise<() => Promise<string[]>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql'))
  return async () => {
    const { rows } = await db.query<{ name: string }>('select name from schema_migrations')
    const applied = new Set(rows.map(({ name }) => name))
    return names.filter((name) => !applied.has(name))
  }
}
