import { expect, test } from 'vitest'
import { buildPage, decodeCursor, encodeCursor } from './lists.ts'

const id = '0199c3a8-7e4d-7aa1-b1f3-a06a5a0f7b1c'

test('a cursor decodes to the position it was made from, and is safe in a URL', () => {
  const cursor = encodeCursor([1_795_341_600_000, id])
  expect(cursor).toMatch(/^[\w-]+$/)
  expect(decodeCursor(cursor, ['number', 'uuid'])).toEqual([1_795_341_600_000, id])
})

test('without a cursor there is no position', () => {
  expect(decodeCursor(undefined, ['uuid'])).toBeUndefined()
})

test.each([
  ['nothing', ''],
  ['no base64', '%%%'],
  ['no JSON', Buffer.from('id').toString('base64url')],
  ['no list', Buffer.from('{"0": 1}').toString('base64url')],
  ['too few values', encodeCursor([1])],
  ['too many values', encodeCursor([1, id, 2])],
  ['other kinds of values', encodeCursor([id, 1])],
  ['a fraction', encodeCursor([1.5, id])],
  ['what looks almost like an id', encodeCursor([1, `${id}'`])],
  ['a character that no database keeps', encodeCursor([1, '\0'])],
])('a cursor that is %s is an invalid request', (_what, cursor) => {
  expect(() => decodeCursor(cursor, ['number', 'uuid'])).toThrow(
    '"cursor" must be the nextCursor of this list',
  )
})

test('a page has a next cursor only if there is an extra row', () => {
  const item = (row: number) => ({ row })
  const position = (row: number) => [row]
  expect(buildPage([1, 2], 2, position, item)).toEqual({ data: [{ row: 1 }, { row: 2 }], nextCursor: null })
  expect(buildPage([1, 2, 3], 2, position, item)).toEqual({
    data: [{ row: 1 }, { row: 2 }],
    nextCursor: encodeCursor([2]),
  })
  expect(buildPage([], 2, position, item)).toEqual({ data: [], nextCursor: null })
})
