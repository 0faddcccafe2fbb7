// What spreadsheets, mail programs and web pages leave in a cell besides the text that a person sees.

/** Directions of writing, byte order marks, soft hyphens and joints without a width. */
const UNSEEN = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/gu
/** Every space of Unicode and tabs, but not the ends of lines, which a note may have. */
const SPACES = /[^\S\r\n]+/gu
/** A formula that only quotes a text, by which spreadsheets keep a number as text: `="0171"`. */
const QUOTING_FORMULA = /^=\s*"((?:[^"]|"")*)"$/u
/** An apostrophe that tells a spreadsheet that a text follows. */
const TEXT_MARK = /^'(?=[\s=+\-@\d(])/u

/** A cell in which there is nothing to clean, as nearly all are: words of ASCII, with one space between them. */
const CLEAN = /^(?!['=])[!-~]+(?: [!-~]+)*$/u

/** Removes what nobody sees or meant from a cell: invisible characters, doubled spaces, a spreadsheet's quoting. */
export function cleanCell(text: string): string {
  if (CLEAN.test(text)) return text
  const seen = text.replaceAll(UNSEEN, '').trim()
  const quoted = QUOTING_FORMULA.exec(seen)?.[1]?.replaceAll('""', '"') ?? seen
  return quoted.replace(TEXT_MARK, '').replaceAll(SPACES, ' ').trim()
}

/** What introduces a number: the scheme of a link, or what people write before it. */
const NUMBER_PREFIX = /^(?:tel|callto|sms|whatsapp)\s*:\s*(?:\/\/)?/iu
const QUOTES = /^["'“”„‘’‚´`«»]+|["'“”„‘’‚´`«»]+$/gu
/** The dashes and hyphens of Unicode, and the minus sign. */
const DASHES = /[\p{Pd}\u2212\u2043]/gu
/** Decimals that a spreadsheet adds to a whole number: `491711239001.0`. */
const EMPTY_DECIMALS = /^(\+?\d{5,})[.,]0+$/u
/** A number in E.164 format, in which there is nothing to clean. */
const PLAIN_NUMBER = /^\+\d{7,15}$/u
/** All that tells a reader nothing about a number, such as a joiner between its digits. */
const FORMAT = /\p{Cf}/gu

/** Cleans a cell that should hold a phone number: full-width forms become plain ones, and what introduces it goes. */
export function cleanNumber(text: string): string {
  if (PLAIN_NUMBER.test(text)) return text
  const plain = text.normalize('NFKC').replaceAll(FORMAT, '').replaceAll(DASHES, '-')
  return cleanCell(plain)
    .replaceAll(QUOTES, '')
    .replace(NUMBER_PREFIX, '')
    .replace(EMPTY_DECIMALS, '$1')
    .trim()
}
