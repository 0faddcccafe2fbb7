import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { writeCsv } from './csv.ts'

test('a file has its headings, and a line for each row', async () => {
  async function* rows() {
    yield ['Ada', 1, null]
    yield ['a "b", c', 2, 'x']
  }
  expect(await text(writeCsv(['name', 'count', 'note'], rows()))).toBe(
    'name,count,note\nAda,1,\n"a ""b"", c",2,x\n',
  )
})

test('a file whose rows fail midway breaks off with their error', async () => {
  async function* rows() {
    yield ['Ada']
    await turn()
    throw new Error('the database has gone')
  }
  const file = writeCsv(['name'], rows())
  await expect(text(file)).rejects.toThrow('the database has gone')
  expect(file.destroyed).toBe(true)
})

test('a reader that leaves ends the rows, and so frees what they hold', async () => {
  let isOpen = true
  async function* rows() {
    try {
      for (let row = 0; ; row += 1) yield [`row ${row}`]
    } finally {
      isOpen = false
    }
  }
  const file = writeCsv(['name'], rows())
  await once(file, 'readable')
  expect(isOpen).toBe(true)
  file.destroy()
  await expect.poll(() => isOpen).toBe(false)
})
