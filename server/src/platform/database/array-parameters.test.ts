import { expect, test } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import { bigintArray, intArray, textArray, uuidArray } from './array-parameters.ts'

const uuid = '0199c3a8-7e4d-7aa1-b1f3-a06a5a0f7b1c'
const row = (value: string | number | null) => ({ value })

test('the database reads every value that was written', async () => {
  const { database, drop } = await testDatabase('empty')
  const bigints = [0, -1, 1, 2 ** 32, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, null]
  const ints = [0, -1, 2 ** 31 - 1, -(2 ** 31), null, 1, 2, 3]
  const texts = ['', 'a', '"{},\\', 'NULL', 'ü€𝄞', null, ' ', "'"]
  const uuids = [
    uuid,
    null,
    uuid.toUpperCase(),
    '00000000-0000-0000-0000-000000000000',
    null,
    uuid,
    uuid,
    null,
  ]
  const { rows } = await database.query<{ a: number; b: number; c: string; d: string }>(
    `select unnest($1::bigint[]) as a, unnest($2::int[]) as b, unnest($3::text[]) as c, unnest($4::uuid[]) as d`,
    [
      bigintArray(bigints, (value) => value),
      intArray(ints, (value) => value),
      textArray(texts, (value) => value),
      uuidArray(uuids, (value) => value),
    ],
  )
  expect(rows.map(({ a }) => a)).toEqual(bigints)
  expect(rows.map(({ b }) => b)).toEqual(ints)
  expect(rows.map(({ c }) => c)).toEqual(texts)
  expect(rows.map(({ d }) => d)).toEqual(uuids.map((value) => value?.toLowerCase() ?? null))
  await drop()
})

test('no rows give an empty array', async () => {
  const { database, drop } = await testDatabase('empty')
  const { rows } = await database.query(
    'select cardinality($1::bigint[]) as bigints, cardinality($2::text[]) as texts, cardinality($3::uuid[]) as uuids',
    [bigintArray([], () => 1), textArray([], () => 'a'), uuidArray([], () => uuid)],
  )
  expect(rows).toEqual([{ bigints: 0, texts: 0, uuids: 0 }])
  await drop()
})

test.each([
  ['a fraction', 0.5],
  ['what is no number', Number.NaN],
  ['a number that is not exact', 2 ** 53],
])('%s is not accepted as a bigint', (_name, value) => {
  expect(() => bigintArray([row(value)], (r) => r.value as number)).toThrow(TypeError)
})

test.each([
  ['a UUID without dashes', uuid.replaceAll('-', '')],
  ['a letter that is no digit', uuid.replace('c', 'g')],
  ['a character beyond ASCII', uuid.replace('c', 'ç')],
  ['an empty text', ''],
])('%s is not accepted as a UUID', (_name, value) => {
  expect(() => uuidArray([row(value)], (r) => r.value as string)).toThrow(TypeError)
})
