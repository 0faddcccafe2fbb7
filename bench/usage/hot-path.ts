import type { Queryable } from '../../server/src/platform/database/database.ts'
import { openDatabase } from '../../server/src/platform/database/database.ts'
import { migrate } from '../../server/src/platform/database/migrate.ts'
import { openPipeline, type Pipeline } from '../../server/src/platform/database/pipeline.ts'
import { LONG_LIMITS } from '../../server/src/platform/database/session.ts'
import type { BenchPostgres } from '../postgres.ts'
import { measureSteps } from '../settlement.ts'
import { percentile } from '../stopwatch.ts'
import { createTestWorkspaces, openBenchEngine } from '../world.ts'

export type HotPathExtent = { readonly workspaces: number; readonly turns: number; readonly calls: number }

/**
 * Measures ended calls a second with roll-ups, as a share of those without. Both run in turns in one process on one
 * PostgreSQL, because the machine's speed varies. Without roll-ups, their one query is left out of each batch.
 */
export async function measureRollUps(
  postgres: BenchPostgres,
  { workspaces, turns, calls }: HotPathExtent,
): Promise<number> {
  const connection = await postgres.createDatabase('usage_hot_path')
  const database = openDatabase(connection, { limits: LONG_LIMITS })
  await migrate(database)
  const testWorkspaces = await createTestWorkspaces(database, workspaces)
  const engines = [
    openBenchEngine(database),
    openBenchEngine(database, { openPipeline: () => omitRollUps(openPipeline(database)) }),
  ]
  const ratios: number[] = []
  for (const engine of engines) await measureSteps(engine, testWorkspaces, calls)
  for (let turn = 0; turn < turns; turn += 1) {
    const rates: number[] = []
    // The first of a turn runs on the machine as the other engine left it, so they take turns at that too.
    const order = turn % 2 === 0 ? [0, 1] : [1, 0]
    for (const index of order) {
      const engine = engines[index]
      if (engine !== undefined) rates[index] = (await measureSteps(engine, testWorkspaces, calls)).ends
    }
    ratios.push((rates[0] ?? Number.NaN) / (rates[1] ?? Number.NaN))
  }
  for (const engine of engines) await engine.close()
  await database.close()
  return percentile(ratios, 0.5)
}

function omitRollUps(pipeline: Pipeline): Pipeline {
  return {
    ...pipeline,
    transaction: (work) => pipeline.transaction((tx, commit) => work(omitQuery(tx, 'usage_add'), commit)),
  }
}

function omitQuery<Tx extends Queryable>(tx: Tx, name: string): Tx {
  return new Proxy(tx, {
    get(target, property) {
      if (property !== 'query') return Reflect.get(target, property) as unknown
      return (query: string | { name?: string }, values?: unknown[]) =>
        typeof query !== 'string' && query.name === name
          ? Promise.resolve({ rows: [], rowCount: 0 })
          : target.query(query as string, values)
    },
  })
}
