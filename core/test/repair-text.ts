import { createQuoteRepair } from '../src/contacts/repair-quotes.ts'

// One byte for each character: all that counts is ASCII.
const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))
const textOf = (pieces: readonly Uint8Array[]) =>
  pieces.map((piece) => String.fromCharCode(...piece)).join('')

/** Repairs a text that arrives in pieces of `size` bytes. */
export function repairText(text: string, size = 1_000, delimiter = ','): string {
  const bytes = bytesOf(text)
  const repaired = createQuoteRepair(delimiter)
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size)
    pieces.push(...repaired.write(bytes.subarray(at, at + size)))
  return textOf([...pieces, ...repaired.end()])
}
