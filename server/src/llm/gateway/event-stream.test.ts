import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEventStream } from './event-stream.ts'

const said = 'data: {"choices":[{"delta":{"content":"Hé \\"usage\\": {"}}],"usage":null}\n\n'
const tokens = 'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}\n\n'
const both =
  'data: {"choices":[{"delta":{"content":"x"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}\n\n'
const comment = ': PROCESSING\n\n'
const done = 'data: [DONE]\n\n'

/** Pushes a text in chunks of the given lengths, the rest in one. Returns what came out, and the stream. */
function pushAll(text: string, lengths: readonly number[], hidesTokens: boolean) {
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
  ['an event with only token counts is dropped', said + tokens + done, said + done],
  ['an event with token counts and content is passed on', comment + both + done, comment + both + done],
  [
    'lines may end in CR and LF',
    (said + tokens + done).replaceAll('\n', '\r\n'),
    (said + done).replaceAll('\n', '\r\n'),
  ],
  ['an unfinished event is passed on at the end of the stream', `${said}data: {"cho`, `${said}data: {"cho`],
  ['an unfinished last event with only token counts is dropped', said + tokens.trimEnd(), said],
  ['choices may be missing or null', 'data: {"usage":{"total_tokens":5},"choices":null}\n\n', ''],
  [
    'an event that is not JSON is passed on',
    'data: {"usage": {nonsense\n\n',
    'data: {"usage": {nonsense\n\n',
  ],
])('%s', (_case, text, expected) => {
  expect(pushAll(text, [], true).text).toBe(expected)
  expect(pushAll(text, [], false).text).toBe(text)
})

test('the chunks of a stream change neither its output nor its token counts', () => {
  const events = fc.array(fc.constantFrom(said, tokens, both, comment, done), { maxLength: 8 })
  fc.assert(
    fc.property(
      events,
      fc.array(fc.nat(60), { maxLength: 20 }),
      fc.boolean(),
      (list, lengths, hidesTokens) => {
        const { text, stream } = pushAll(list.join(''), lengths, hidesTokens)
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

test('complete events are passed on at once, and so are all bytes if nothing is hidden', () => {
  const hiding = createEventStream({ hidesTokens: true })
  expect(hiding.push(Buffer.from(`${said}data: {"cho`)).toString()).toBe(said)
  const transparent = createEventStream({ hidesTokens: false })
  expect(transparent.push(Buffer.from('data: {"cho')).toString()).toBe('data: {"cho')
})

test('an event of more than a megabyte is not held back', () => {
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
])('the token counts of %j are %j', (part, expected) => {
  const stream = createEventStream({ hidesTokens: false })
  stream.push(Buffer.from(`data: ${JSON.stringify(part)}\n\n`))
  expect(stream.tokens()).toEqual(expected)
})

test('an error event is recognized, and the word in a text is not', () => {
  const hasFailed = (text: string) => pushAll(text, [], true).stream.hasFailed()
  expect(hasFailed('data: {"error": {"message": "Overloaded"}}\n\n')).toBe(true)
  expect(hasFailed('data: {"choices":[{"delta":{"content":"\\"error\\": {"}}]}\n\n')).toBe(false)
})
