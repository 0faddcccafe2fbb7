import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEventStream } from './event-stream.ts'

const said = 'data: {"choices":[{"delta":{"content":"Hé \\"usage\\": {"}}],"usage":null}\n\n'
const tokens = 'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}\n\n'
const both =
  'data: {"choices":[{"delta":{"content":"x"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}\n\n'
const comment = ': PROCESSING\n\n'
const done = 'data: [DONE]\n\n'

/** Sends a text in parts of the given lengths, the rest at once; what came out, and the stream. */
function sent(text: string, lengths: readonly number[], hidesTokens: boolean) {
  const stream = createEventStream({ hidesTokens })
  let rest = Buffer.from(text)
  const out: Buffer[] = []
  for (const length of lengths) {
    out.push(Buffer.from(stream.push(rest.subarray(0, length))))
    rest = rest.subarray(length)
  }
  out.push(Buffer.from(stream.push(rest)), stream.end())
  return { text: Buffer.concat(out).toString('utf8'), stream }
}

test.each([
  ['the event that tells of tokens alone is left out', said + tokens + done, said + done],
  ['an event that says something besides stays', comment + both + done, comment + both + done],
  [
    'the lines may end in CR and LF',
    (said + tokens + done).replaceAll('\n', '\r\n'),
    (said + done).replaceAll('\n', '\r\n'),
  ],
  ['what has no end is passed on at the end', `${said}data: {"cho`, `${said}data: {"cho`],
  ['tokens in a last event without its end are left out too', said + tokens.trimEnd(), said],
  ['choices may be missing or null', 'data: {"usage":{"total_tokens":5},"choices":null}\n\n', ''],
  ['what is no JSON stays', 'data: {"usage": {nonsense\n\n', 'data: {"usage": {nonsense\n\n'],
])('%s', (_case, text, expected) => {
  expect(sent(text, [], true).text).toBe(expected)
  expect(sent(text, [], false).text).toBe(text)
})

test('however a stream is cut into parts, the same goes on, and the same tokens are found', () => {
  const events = fc.array(fc.constantFrom(said, tokens, both, comment, done), { maxLength: 8 })
  fc.assert(
    fc.property(
      events,
      fc.array(fc.nat(60), { maxLength: 20 }),
      fc.boolean(),
      (list, lengths, hidesTokens) => {
        const { text, stream } = sent(list.join(''), lengths, hidesTokens)
        expect(text).toBe(list.filter((event) => !(hidesTokens && event === tokens)).join(''))
        const last = list.findLast((event) => event === tokens || event === both)
        const expected = {
          [tokens]: { prompt: 3, completion: 2, total: 5 },
          [both]: { prompt: 3, completion: 1, total: 4 },
        }
        expect(stream.tokens()).toEqual(last === undefined ? undefined : expected[last])
      },
    ),
  )
})

test('whole events go on at once, and so does everything where nothing is hidden', () => {
  const hiding = createEventStream({ hidesTokens: true })
  expect(hiding.push(Buffer.from(`${said}data: {"cho`)).toString()).toBe(said)
  const open = createEventStream({ hidesTokens: false })
  expect(open.push(Buffer.from('data: {"cho')).toString()).toBe('data: {"cho')
})

test('an event without an end is not waited for beyond a megabyte', () => {
  const stream = createEventStream({ hidesTokens: true })
  const half = Buffer.alloc(600_000, 'x')
  expect(stream.push(half).length).toBe(0)
  expect(stream.push(half).length).toBe(1_200_000)
  expect(stream.push(half).length).toBe(600_000)
})

test.each([
  [
    { usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } },
    { prompt: 1, completion: 2, total: 3 },
  ],
  [{ x_groq: { usage: { prompt_tokens: 1, completion_tokens: 2 } } }, { prompt: 1, completion: 2, total: 3 }],
  [{ usage: { total_tokens: 9 } }, { prompt: null, completion: null, total: 9 }],
  [{ usage: { prompt_tokens: -1, completion_tokens: 1.5, total_tokens: '9' } }, undefined],
  [{ usage: null }, undefined],
])('a part %j tells of %j', (part, expected) => {
  const stream = createEventStream({ hidesTokens: false })
  stream.push(Buffer.from(`data: ${JSON.stringify(part)}\n\n`))
  expect(stream.tokens()).toEqual(expected)
})

test('an error in the stream is noticed, the word in a text is not', () => {
  const failed = (text: string) => sent(text, [], true).stream.hasFailed()
  expect(failed('data: {"error": {"message": "Overloaded"}}\n\n')).toBe(true)
  expect(failed('data: {"choices":[{"delta":{"content":"\\"error\\": {"}}]}\n\n')).toBe(false)
})
