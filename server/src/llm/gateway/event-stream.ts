import { parseTokens, readMember, type Tokens } from '../records/tokens.ts'

/** A stream of server-sent events between the provider and the caller. */
export type EventStream = {
  /** Takes bytes from the provider and returns the bytes to send to the caller now. */
  push(bytes: Buffer): Buffer
  /** Returns the bytes that are still held back when the provider's stream ends. */
  end(): Buffer
  /** The token counts that the stream reported last. */
  tokens(): Tokens | undefined
  /** Whether the provider reported an error inside the stream. */
  hasFailed(): boolean
}

/** An event longer than this is not held back. From there on all bytes are passed on as they arrive. */
const HELD_BYTES_MAX = 1024 * 1024

/**
 * Passes bytes on unchanged, but drops the event that has only token counts if the caller did not ask for it. To do so
 * it holds back the part of an event whose end is missing, which no caller could parse anyway.
 *
 * @param options.hidesTokens the caller did not set `stream_options.include_usage`, and the gateway did
 */
export function createEventStream({ hidesTokens }: { hidesTokens: boolean }): EventStream {
  let held: Buffer = Buffer.alloc(0)
  let tokens: Tokens | undefined
  let hasFailed = false
  let isTooLong = false

  /** Reads an event and returns whether to pass it on. */
  function inspect(event: Buffer): boolean {
    if (event.includes('"error"') && isError(event)) hasFailed = true
    if (!hasUsage(event)) return true
    const chunk = parseData(event.toString('utf8'))
    const found = parseTokens(chunk)
    if (found === undefined) return true
    tokens = found
    const choices = readMember(chunk, 'choices')
    const hasOnlyTokens =
      choices === undefined || choices === null || (Array.isArray(choices) && choices.length === 0)
    return !(hidesTokens && hasOnlyTokens)
  }

  return {
    push(bytes) {
      if (isTooLong) return bytes
      const all = held.length === 0 ? bytes : Buffer.concat([held, bytes])
      const passed: Buffer[] = []
      let from = 0
      for (let to = findEventEnd(all, from); to !== -1; to = findEventEnd(all, from)) {
        const event = all.subarray(from, to)
        if (inspect(event)) passed.push(event)
        from = to
      }
      held = all.subarray(from)
      if (held.length > HELD_BYTES_MAX) {
        isTooLong = true
        passed.push(held)
        held = Buffer.alloc(0)
      }
      if (!hidesTokens) return bytes
      return passed.length === 1 ? (passed[0] as Buffer) : Buffer.concat(passed)
    },
    end() {
      const rest = held
      held = Buffer.alloc(0)
      const isPassed = rest.length === 0 || inspect(rest)
      return hidesTokens && isPassed ? rest : Buffer.alloc(0)
    },
    tokens: () => tokens,
    hasFailed: () => hasFailed,
  }
}

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const COLON = 0x3a
const BRACE = 0x7b

/** Finds the end of the event that begins at `from`, its empty line included. -1 if these bytes do not have it. */
function findEventEnd(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(LINE_FEED, from); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) {
    if (bytes[at + 1] === LINE_FEED) return at + 2
    if (bytes[at + 1] === CARRIAGE_RETURN && bytes[at + 2] === LINE_FEED) return at + 3
  }
  return -1
}

/**
 * Whether an event contains `"usage": {`. The bytes are searched without parsing them, because thousands of events a
 * second have `"usage":null`. Inside a JSON string the quotation marks would be escaped.
 */
function hasUsage(event: Buffer): boolean {
  for (let at = event.indexOf(usageName); at !== -1; at = event.indexOf(usageName, at + 1)) {
    let next = at + usageName.length
    while (event[next] === SPACE || event[next] === COLON) next += 1
    if (event[next] === BRACE) return true
  }
  return false
}

const usageName = Buffer.from('"usage"')

function isError(event: Buffer): boolean {
  return /^data:\s*\{\s*"error"\s*:/m.test(event.toString('utf8'))
}

function parseData(event: string): unknown {
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
