// Writes server/schema.sql from the migrations, through an embedded PostgreSQL in a temporary folder.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../server/src/platform/database/database.ts'
import { MIGRATIONS_FOLDER, migrate } from '../server/src/platform/database/migrate.ts'
import {
  CLUSTER_USER,
  createCluster,
  startCluster,
} from '../server/src/platform/database/postgres-cluster.ts'
import { dumpSchema } from '../server/src/platform/database/schema-dump.ts'

const folder = await mkdtemp(join(tmpdir(), 'talktime-schema-'))
const password = 'for a moment'
await createCluster(join(folder, 'postgres'), password)
const cluster = await startCluster({
  folder: join(folder, 'postgres'),
  logFile: join(folder, 'postgres.log'),
  settings: { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' },
})
const database = openDatabase({
  host: '127.0.0.1',
  port: cluster.port,
  user: CLUSTER_USER,
  password,
  database: 'postgres',
})
try {
  await migrate(database)
  await writeFile(join(MIGRATIONS_FOLDER, '../schema.sql'), await dumpSchema(database))
} finally {
  await database.close()
  await cluster.stop()
  await rm(folder, { recursive: true, force: true })
}
