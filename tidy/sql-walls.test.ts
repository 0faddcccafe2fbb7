import { expect, test } from 'vitest'
import { expectNoneBut } from './exceptions.ts'
import { readFiles, readText } from './repository.ts'
import { usesIn } from './sql.ts'
import { findSqlViolations, findUnownedTables } from './sql-walls.ts'

test('every table belongs to a room', () => {
  expect(findUnownedTables(readText('server/schema.sql'))).toEqual({ unowned: [], unknown: [] })
})

test('a room reads tables of rooms it may enter and writes its own', () => {
  expectNoneBut('sql-walls', readFiles('ts').flatMap(findSqlViolations))
})

const inRoom = (room: string, text: string, file = 'x-store.ts') =>
  findSqlViolations({ path: `server/src/${room}/${file}`, text }).map(({ entry }) => entry.split('.ts ')[1])

test('the wall stops a read of a room that may not be entered', () => {
  expect(inRoom('ledger', 'db.query(`select id from calls where id = $1`)')).toEqual(['calls read'])
  expect(inRoom('calls', 'db.query(`select id from balance_lines`)')).toEqual([])
})

test('the wall stops a write to a table of another room', () => {
  expect(inRoom('calls', 'db.query({ text: `update balance_lines l set live_calls = 0` })')).toEqual([
    'balance_lines write',
  ])
  expect(inRoom('calls', "const sql = 'insert into calls (id) values ($1)'")).toEqual([])
})

test('the wall sees fragments, joins and tables whose name is put into the text', () => {
  expect(inRoom('ledger', 'const joined = `join calls c on c.id = e.call_id`')).toEqual(['calls read'])
  expect(inRoom('ledger', 'const text = `select * from grants g, plans p`')).toEqual(['plans read'])
  expect(
    inRoom('ledger', "for (const table of ['calls']) db.query(`delete from ${" + 'table} where x`)'),
  ).toEqual(['calls write'])
})

test('verify reads every table and writes none', () => {
  const text = 'db.query(`select id from calls`); db.query(`delete from calls`)'
  expect(inRoom('ledger', text, 'verify.ts')).toEqual(['calls write'])
})

test.each([
  ['select 1 from a join b on true', ['a read', 'b read']],
  ['select 1 from a x, b as y, c where true', ['a read', 'b read', 'c read']],
  ['insert into a (x) select x from b on conflict do update set x = 1', ['a write', 'b read']],
  ['delete from a using b where a.x = b.x', ['a write', 'b read']],
  ['update a set x = 1 from b', ['a write', 'b read']],
  ['copy a (x) from stdin binary', ['a write']],
  ['copy (select x from a) to stdout binary', ['a read']],
  ['with b as (select 1 from a) select * from b', ['a read']],
  ['select x from a for update of b skip locked', ['a read']],
  ['truncate table a', ['a write']],
])('the tables of “%s”', (text, expected) => {
  const uses = usesIn(text, new Set(['a', 'b', 'c'])).map(({ table, access }) => `${table} ${access}`)
  expect(uses).toEqual(expected)
})
