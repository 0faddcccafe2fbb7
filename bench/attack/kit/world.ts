import { join } from 'node:path'
import type pg from 'pg'
import { createKey } from '../../../server/src/access/index.ts'
import { verifyBooks } from '../../../server/src/cli/verify-books.ts'
import { systemClock } from '../../../server/src/platform/clock.ts'
import { type Database, openDatabase } from '../../../server/src/platform/database/database.ts'
import { migrate } from '../../../server/src/platform/database/migrate.ts'
import { type BenchPostgres, formatDatabaseUrl, startBenchPostgres } from '../../postgres.ts'
import { type ServerProcess, startServer } from '../../server-process.ts'
import { createTestWorkspaces, type TestWorkspace } from '../../world.ts'
import type { Report } from './attack.ts'

/** Real servers on one real database, with workspaces that have credits, an agent and a key. */
export type AttackWorld = {
  readonly postgres: BenchPostgres
  /** A connection of the attack's own, past whatever is attacked. */
  readonly database: Database
  readonly connection: pg.ClientConfig
  readonly servers: readonly ServerProcess[]
  readonly workspaces: readonly TestWorkspace[]
  readonly operatorKey: string
  /** Starts another server on the database. It is stopped at the end. */
  addServer(settings?: ServerSettings): Promise<ServerProcess>
}

export type ServerSettings = {
  /** Another way to the database, such as through a proxy. */
  readonly databaseUrl?: string
  /** Environment variables. */
  readonly env?: Readonly<Record<string, string>>
  /** A command that runs the server, such as one that limits its files. */
  readonly through?: readonly string[]
}

export type WorldOptions = ServerSettings & {
  /** How many servers share the database. By default two. */
  readonly servers?: number
  readonly workspaces?: number
}

/** Opens a world. It is closed when the attack is over. */
export async function openWorld(report: Report, options: WorldOptions = {}): Promise<AttackWorld> {
  const postgres = await startBenchPostgres()
  report.defer(postgres.stop)
  const connection = await postgres.createDatabase('attacked')
  const database = openDatabase(connection)
  report.defer(database.close)
  await migrate(database)
  const workspaces = await createTestWorkspaces(database, options.workspaces ?? 10)
  const operator = await createKey(database, { name: 'Operator', workspaceId: null }, systemClock.now())
  const servers: ServerProcess[] = []
  async function addServer({ databaseUrl, env, through }: ServerSettings = {}): Promise<ServerProcess> {
    const server = await startServer({
      dataDir: join(postgres.folder, `server_${servers.length}`),
      databaseUrl: databaseUrl ?? formatDatabaseUrl(connection),
      // Sessions hold at all servers of a database that have one secret.
      more: { TALKTIME_LOG_LEVEL: 'fatal', TALKTIME_SECRET: 'x'.repeat(32), ...env },
      ...(through && { through }),
    })
    servers.push(server)
    report.defer(server.stop)
    return server
  }
  for (let index = 0; index < (options.servers ?? 2); index += 1) await addServer(options)
  const world = { postgres, database, connection, servers, workspaces }
  return { ...world, operatorKey: operator.key, addServer }
}

/** Reports whether `verify` finds the books clean. */
export async function expectCleanBooks(report: Report, database: Database): Promise<void> {
  const differences = await database.transaction(verifyBooks)
  const [first] = differences
  report.expect('verify is clean', first === undefined, first ? `${first.check}: ${first.detail}` : 'clean')
}
