import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../src/platform/database/database.ts'
import { TEMPLATE_DATABASE } from './global-setup.ts'

/**
 * Creates a database for one test file: migrated, without rows. Call `drop` in `afterAll`; it closes and deletes the
 * database.
 *
 * @param from `empty` leaves out the schema, for tests of migrations
 * @param options further options of `create database`
 */
export async function testDatabase(
  from: 'template' | 'empty' = 'template',
  options = '',
): Promise<{ database: Database; drop(): Promise<void> }> {
  const server = inject('testServer')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const template = from === 'empty' ? 'template0' : TEMPLATE_DATABASE
  // The test server never waits for the disk, so copying the files is faster than writing each page to the log.
  await asAdmin(`create database ${name} template ${template} strategy file_copy ${options}`)
  const database = openDatabase({ ...server, database: name })
  return {
    database,
    async drop() {
      await database.close()
      await asAdmin(`drop database ${name} with (force)`)
    },
  }
}

async function asAdmin(statement: string): Promise<void> {
  const admin = openDatabase({ ...inject('testServer'), database: 'postgres' }, { connectionsMax: 1 })
  try {
    await admin.query(statement)
  } finally {
    await admin.close()
  }
}
