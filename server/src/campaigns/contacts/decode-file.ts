import { isUtf8 } from 'node:buffer'
import { type Charset, chooseCharset, findMarkedCharset } from '@talktime/core/contacts/choose-charset'
import iconv from 'iconv-lite'
import { invalid } from '../../platform/problem.ts'

/** A file is decoded in pieces of at least this size, so that each has enough text to tell encodings apart. */
const PIECE_BYTES = 64 * 1024

/**
 * Yields a file as UTF-8, without a byte order mark.
 *
 * @param charset what the sender says about the encoding, which a mark in the file overrides; undefined: it is found out
 */
export async function* decodeFile(
  file: AsyncIterable<Buffer>,
  charset: string | undefined,
): AsyncGenerator<Buffer> {
  let decoder = charset === undefined || isUtf8Name(charset) ? undefined : iconv.getDecoder(charset)
  let isFirst = true
  let hasCharacters = false
  let carried: Buffer = Buffer.alloc(0)
  for await (const piece of inPieces(file)) {
    // The file knows better than its sender.
    const marked = isFirst ? findMarkedCharset(piece) : undefined
    if (marked !== undefined) decoder = marked === 'utf-8' ? undefined : iconv.getDecoder(marked)
    const bytes = isFirst && marked === 'utf-8' ? piece.subarray(3) : piece
    isFirst = false
    if (decoder !== undefined) {
      yield Buffer.from(decoder.write(bytes))
      continue
    }
    const whole = carried.length === 0 ? bytes : Buffer.concat([carried, bytes])
    const cut = findCut(whole)
    if (isUtf8(whole.subarray(0, cut))) {
      hasCharacters ||= findCharacter(whole.subarray(0, cut)) >= 0
      carried = whole.subarray(cut)
      yield whole.subarray(0, cut)
    } else if (hasCharacters || isUtf8Name(charset ?? '')) {
      // UTF-8 that is damaged here and there.
      carried = whole.subarray(cut)
      yield Buffer.from(whole.toString('utf8', 0, cut))
    } else {
      carried = Buffer.alloc(0)
      decoder = iconv.getDecoder(chooseCharset(sampleOf(whole), (sample, name) => decode(sample, name)))
      yield Buffer.from(decoder.write(whole))
    }
  }
  yield Buffer.from(decoder?.end() ?? carried.toString('utf8'))
}

const isUtf8Name = (charset: string) => /^utf-?8$/i.test(charset)

/**
 * Requires an encoding that can be decoded.
 *
 * @throws Problem `invalid_request`
 */
export function requireCharset(charset: string): string {
  if (iconv.encodingExists(charset)) return charset
  throw invalid(
    '/charset',
    `${charset} is no encoding that is known. Write its usual name, such as utf-8, windows-1252 or utf-16le.`,
  )
}

function decode(bytes: Uint8Array, charset: Charset): string {
  return iconv.decode(bytes as Buffer, charset)
}

async function* inPieces(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = []
  let size = 0
  for await (const piece of file) {
    pieces.push(piece)
    size += piece.length
    if (size < PIECE_BYTES) continue
    yield Buffer.concat(pieces)
    pieces = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(pieces)
}

/** Finds where the last character begins that the bytes may have cut in two. Their end, if they cut none. */
function findCut(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    const isContinuation = byte >= 0x80 && byte < 0xc0
    if (isContinuation) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

/** Finds the first byte that is not ASCII; -1 if all are. */
function findCharacter(bytes: Buffer): number {
  return bytes.findIndex((byte) => byte > 0x7f)
}

/** Takes the piece of a file around its first characters beyond ASCII. */
function sampleOf(bytes: Buffer): Buffer {
  const first = Math.max(0, findCharacter(bytes) - 16)
  return bytes.subarray(first, first + PIECE_BYTES)
}
