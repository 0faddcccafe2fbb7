// Spreadsheets write UTF-8 with and without a mark, UTF-16 ("Unicode text"), the code page of the system's language, and
// "CSV (Macintosh)" and "CSV (MS-DOS)". Files do not say which.

/** The encodings that a file is tried in, by the names of the WHATWG and of IANA. */
export type Charset =
  | 'utf-8'
  | 'utf-16le'
  | 'utf-16be'
  | 'windows-1250'
  | 'windows-1251'
  | 'windows-1252'
  | 'windows-1253'
  | 'windows-1254'
  | 'macintosh'
  | 'cp850'
  | 'shift_jis'
  | 'gb18030'

/** Finds the encoding by the mark at the beginning of a file, or by the zeros of UTF-16. Undefined if neither is there. */
export function findMarkedCharset(bytes: Uint8Array): Charset | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const pairs = Math.floor(Math.min(bytes.length, 2_000) / 2)
  if (pairs < 2) return undefined
  let evenZeros = 0
  let oddZeros = 0
  for (let pair = 0; pair < pairs; pair += 1) {
    if (bytes[2 * pair] === 0) evenZeros += 1
    if (bytes[2 * pair + 1] === 0) oddZeros += 1
  }
  // Headings, digits and separators are ASCII, so in UTF-16 most pairs have one zero, on the same side.
  if (oddZeros > 0.6 * pairs && evenZeros === 0) return 'utf-16le'
  return evenZeros > 0.6 * pairs && oddZeros === 0 ? 'utf-16be' : undefined
}

/** Decodes bytes for {@link chooseCharset}. What an encoding does not have becomes U+FFFD. */
export type Decode = (bytes: Uint8Array, charset: Charset) => string

const CANDIDATES: readonly Charset[] = [
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'windows-1253',
  'windows-1254',
  'macintosh',
  'cp850',
  'shift_jis',
  'gb18030',
]

/** Letters beyond ASCII that the languages of a code page use all the time. */
const USUAL =
  /[äöüßÄÖÜéèêëàâçîïôûùÉÈÀÇáíóúñÁÍÓÚÑãõåæøÅÆØěščřžýůťďňąęłńśźżŁŚŻőűîâășțğışİŞĞ\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u

/**
 * Chooses the encoding of bytes that are no valid UTF-8: the one in which what is not ASCII makes the most sense as letters
 * of words.
 *
 * @param bytes a piece of the file that has characters beyond ASCII
 */
export function chooseCharset(bytes: Uint8Array, decode: Decode): Charset {
  const scores = CANDIDATES.map((charset, index) => ({
    charset,
    // Between equals, the more usual encoding.
    score: scoreText(decode(bytes, charset)) - index * 1e-6,
  }))
  return scores.reduce((best, one) => (one.score > best.score ? one : best)).charset
}

/** Scores how much the characters beyond ASCII look like words, from -4 to 1 for each of them. */
function scoreText(text: string): number {
  let sum = 0
  let count = 0
  let before = ''
  for (const character of text) {
    if (character > '\u007f') {
      count += 1
      sum += scoreCharacter(character, before)
    }
    before = character
  }
  return count === 0 ? 0 : sum / count
}

function scoreCharacter(character: string, before: string): number {
  if (character === '\ufffd' || (character >= '\u0080' && character <= '\u009f')) return -4
  if (!/\p{L}/u.test(character)) return /[’‘“”„«»–—€°§…´\u00a0]/u.test(character) ? 0 : -1
  // A capital in the middle of a word is what a letter looks like in a wrong code page.
  if (/\p{Ll}/u.test(before) && /\p{Lu}/u.test(character)) return -2
  // Letters of two scripts in one word, too.
  const isLatin = /\p{Script=Latin}/u.test(character)
  if (/\p{L}/u.test(before) && isLatin !== /\p{Script=Latin}/u.test(before)) return -2
  return USUAL.test(character) ? 1 : 0.2
}
