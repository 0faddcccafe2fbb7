import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import type { Problem } from '../problem.ts'
import { type Database, openDatabase } from './database.ts'

let database: Database
let drop: () => Promise<void>
beforeAll(async () => {
  const made = await testDatabase()
  database = openDatabase(made.database.connection, { connectionsMax: 4 })
  drop = async () => {
    await database.close()
    await made.drop()
  }
})
afterAll(() => drop())

/** Begins transactions that last until they are released. */
function holdTransactions(count: number, transaction: Database['transaction']) {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const ended = Promise.all(Array.from({ length: count }, () => transaction(() => released)))
  return { ended, release: () => release() }
}

test('calls find a connection while everything else waits for one', async () => {
  const others = holdTransactions(50, database.transaction)
  expect(database.waitingCount).toBe(48)
  const { rows } = await database.urgent.query<{ one: number }>('select 1 as one')
  expect(rows).toEqual([{ one: 1 }])
  expect(await database.urgent.transaction(async () => 'done')).toBe('done')
  others.release()
  await others.ended
  expect(database.waitingCount).toBe(0)
})

test('uploads have connections of their own', async () => {
  const uploads = holdTransactions(6, database.apart.transaction)
  const { rows } = await database.query<{ one: number }>('select 1 as one')
  expect(rows).toEqual([{ one: 1 }])
  uploads.release()
  await uploads.ended
})

test('what finds too many waiting is refused at once', async () => {
  const others = holdTransactions(2 + 256, database.transaction)
  await expect(database.query('select')).rejects.toSatisfy(({ code }: Problem) => code === 'overloaded')
  others.release()
  await others.ended
})
