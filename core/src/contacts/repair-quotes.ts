// A quote that opens a field and is never closed makes a parser take all rows after it for one field. People write such
// rows: `"Carl Cordes,+491711234004`, or `"Joe "The Boss" Smith",…`.

/** Passes the bytes of a CSV file on, without the quotes that only seem to open a field. */
export type QuoteRepair = {
  /** Takes the next bytes. Returns those that are certain by now. */
  write(bytes: Uint8Array): Uint8Array[]
  /** Returns the rest. */
  end(): Uint8Array[]
}

const QUOTE = 0x22
const LINE_FEED = 0x0a
const RETURN = 0x0d
const SPACE = 0x20

/** A quoted field ends within this many bytes and lines, or it was not meant as one. */
const FIELD_BYTES_MAX = 32 * 1024
const FIELD_LINES_MAX = 50

/**
 * Creates a repair for a file of UTF-8, or of any encoding in which the bytes of ASCII mean ASCII.
 *
 * @param delimiter the separator, one ASCII character
 */
export function createQuoteRepair(delimiter: string): QuoteRepair {
  const separator = delimiter.charCodeAt(0)
  let held: Uint8Array = new Uint8Array()
  /** Whether `held` begins at the beginning of a field. */
  let isFieldStart = true

  function take(isEnd: boolean): Uint8Array[] {
    const pieces: Uint8Array[] = []
    let passed = 0
    for (let at = held.indexOf(QUOTE); at >= 0; ) {
      if (!isAtFieldStart(held, at, isFieldStart, separator)) {
        at = held.indexOf(QUOTE, at + 1)
        continue
      }
      const closed = findClosingQuote(held, at, separator, isEnd)
      if (closed === 'unknown') {
        pieces.push(held.subarray(passed, at))
        isFieldStart = true
        held = held.slice(at)
        return pieces
      }
      if (closed === 'never') {
        pieces.push(held.subarray(passed, at))
        passed = at + 1
        at = held.indexOf(QUOTE, passed)
      } else at = held.indexOf(QUOTE, closed + 1)
    }
    pieces.push(held.subarray(passed))
    isFieldStart = isAtFieldStart(held, held.length, isFieldStart, separator)
    held = new Uint8Array()
    return pieces
  }

  return {
    write(bytes) {
      held = held.length === 0 ? bytes : join(held, bytes)
      return take(false)
    },
    end: () => take(true),
  }
}

/** Whether a field begins at `at`, or only spaces are between its beginning and `at`. */
function isAtFieldStart(bytes: Uint8Array, at: number, isFieldStart: boolean, separator: number): boolean {
  let before = at - 1
  while (before >= 0 && bytes[before] === SPACE) before -= 1
  return before < 0 ? isFieldStart : isEndOfField(bytes[before], separator)
}

function isEndOfField(byte: number | undefined, separator: number): boolean {
  return byte === separator || byte === LINE_FEED || byte === RETURN
}

/**
 * Finds the quote that closes the field which the quote at `from` opens. `never`: that one opens none. `unknown`: more
 * bytes will tell.
 */
function findClosingQuote(
  bytes: Uint8Array,
  from: number,
  separator: number,
  isEnd: boolean,
): number | 'never' | 'unknown' {
  for (let at = bytes.indexOf(QUOTE, from + 1); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    if (bytes[at + 1] === QUOTE) {
      at += 1
      continue
    }
    let next = at + 1
    while (bytes[next] === SPACE) next += 1
    if (next >= bytes.length) return isEnd ? at : 'unknown'
    if (!isEndOfField(bytes[next], separator)) return 'never'
    return isTooLong(bytes, from, at) ? 'never' : at
  }
  return isEnd || isTooLong(bytes, from, bytes.length) ? 'never' : 'unknown'
}

function isTooLong(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from > FIELD_BYTES_MAX) return true
  let lines = 0
  for (let at = bytes.indexOf(LINE_FEED, from); at >= 0 && at < to; at = bytes.indexOf(LINE_FEED, at + 1)) {
    lines += 1
    if (lines > FIELD_LINES_MAX) return true
  }
  return false
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length)
  joined.set(first)
  joined.set(second, first.length)
  return joined
}
