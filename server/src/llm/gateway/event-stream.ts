import { memberOf, type Tokens, tokensIn } from '../records/tokens.ts'

/** A stream of server-sent events on its way from the provider to the caller. */
export type EventStream = {
  /** What of these bytes goes on to the caller now. */
  push(bytes: Buffer): Buffer
  /** What is still held back at the end. */
  end(): Buffer
  /** The tokens that the stream has told of last. */
  tokens(): Tokens | undefined
  /** Whether the provider reported an error inside the stream. */
  failed(): boolean
}

/** A part of an event longer than this is not waited for: everything goes on as it comes from there. */
const heldBytesMax = 1024 * 1024

/**
 * Bytes go on as they are, except that an event which tells of tokens alone is left out where the caller did not ask
 * for it. For that the part of an event whose end is still missing waits: nobody could read it anyway.
 *
 * @param hidesTokens the caller did not ask for `stream_options.include_usage`; we did
 */
export function createEventStream({ hidesTokens }: { hidesTokens: boolean }): EventStream {
  let held: Buffer = Buffer.alloc(0)
  let tokens: Tokens | undefined
  let failed = false
  let gaveUp = false

  /** Looks at an event; returns whether it goes on. */
  function look(event: Buffer): boolean {
    if (event.includes('"error"') && isError(event)) failed = true
    if (!tellsOfTokens(event)) return true
    const chunk = parsedData(event.toString('utf8'))
    const found = tokensIn(chunk)
    if (found === undefined) return true
    tokens = found
    const choices = memberOf(chunk, 'choices')
    const saysNothingElse =
      choices === undefined || choices === null || (Array.isArray(choices) && choices.length === 0)
    return !(hidesTokens && saysNothingElse)
  }

  return {
    push(bytes) {
      if (gaveUp) return bytes
      const all = held.length === 0 ? bytes : Buffer.concat([held, bytes])
      const goOn: Buffer[] = []
      let from = 0
      for (let to = endOfEvent(all, from); to !== -1; to = endOfEvent(all, from)) {
        const event = all.subarray(from, to)
        if (look(event)) goOn.push(event)
        from = to
      }
      held = all.subarray(from)
      if (held.length > heldBytesMax) {
        gaveUp = true
        goOn.push(held)
        held = Buffer.alloc(0)
      }
      if (!hidesTokens) return bytes
      return goOn.length === 1 ? (goOn[0] as Buffer) : Buffer.concat(goOn)
    },
    end() {
      const rest = held
      held = Buffer.alloc(0)
      const goesOn = rest.length === 0 || look(rest)
      return hidesTokens && goesOn ? rest : Buffer.alloc(0)
    },
    tokens: () => tokens,
    failed: () => failed,
  }
}

/** Where the event that begins at `from` ends, its empty line included; -1: not in these bytes. */
function endOfEvent(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(lineFeed, from); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) {
    if (bytes[at + 1] === lineFeed) return at + 2
    if (bytes[at + 1] === carriageReturn && bytes[at + 2] === lineFeed) return at + 3
  }
  return -1
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
const brace = 0x7b

/**
 * Whether an event has `"usage": {`. Looked for in the bytes: a part with a word in it says `"usage":null`, and there
 * are thousands of them a second. In a text its quotation marks would be escaped.
 */
function tellsOfTokens(event: Buffer): boolean {
  for (let at = event.indexOf(usageName); at !== -1; at = event.indexOf(usageName, at + 1)) {
    let next = at + usageName.length
    while (event[next] === 0x20 || event[next] === 0x3a) next += 1
    if (event[next] === brace) return true
  }
  return false
}

const usageName = Buffer.from('"usage"')

function isError(event: Buffer): boolean {
  return /^data:\s*\{\s*"error"\s*:/m.test(event.toString('utf8'))
}

function parsedData(event: string): unknown {
  const data = event
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart())
  try {
    return JSON.parse(data.join('\n'))
  } catch {
    return undefined
  }
}
