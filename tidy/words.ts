import type { Violation } from './exceptions.ts'
import { lineAt, type RepositoryFile } from './repository.ts'
import { parse, walk } from './syntax.ts'

/** What a search looks for, and the name under which a hit is listed and explained. */
export type BannedWord = {
  readonly word: string
  readonly pattern: RegExp
  readonly use: string
  /** Banned in the code's names only, not in comments and texts. */
  readonly isName: boolean
}

/**
 * The table `| banned | use |` of the glossary. The first cell lists words, separated by commas: `**whoever**` or
 * plain for a word of any text, in backticks for a name of the code. `*` stands for any letters: `reckon*`, `*Parts`.
 * A word that begins with a capital is banned only so: "The same" at the head of a sentence.
 */
export function readBannedWords(glossary: string): BannedWord[] {
  const lines = glossary.split('\n')
  const head = lines.findIndex((line) => /^\|\s*banned\s*\|/i.test(line))
  if (head === -1) return []
  const rows = lines.slice(head + 2)
  const end = rows.findIndex((line) => !line.startsWith('|'))
  return rows.slice(0, end === -1 ? undefined : end).flatMap((row) => {
    const [, words = '', use = ''] = row.split('|').map((cell) => cell.trim())
    return words.split(',').map((word) => bannedWord(word, use))
  })
}

function bannedWord(written: string, use: string): BannedWord {
  const isName = written.includes('`')
  const word = written.replaceAll(/\*\*|[`"“”]/g, '').trim()
  const letters = word.replaceAll('*', '\\w*').replaceAll(/\s+/g, '\\s+')
  const flags = isName || /^[A-Z]/.test(word) ? 'g' : 'gi'
  return { word, pattern: new RegExp(`\\b${letters}\\b`, flags), use, isName }
}

const spellings: readonly (readonly [british: string, american: string, pattern?: RegExp])[] = [
  ['dialled', 'dialed'],
  ['dialling', 'dialing'],
  ['cancelled', 'canceled'],
  ['cancelling', 'canceling'],
  ['labelled', 'labeled'],
  ['labelling', 'labeling'],
  ['signalled', 'signaled'],
  ['signalling', 'signaling'],
  ['modelled', 'modeled'],
  ['modelling', 'modeling'],
  ['travelled', 'traveled'],
  ['totalled', 'totaled'],
  ['behaviour', 'behavior'],
  ['catalogue', 'catalog'],
  ['colour', 'color'],
  ['favour', 'favor'],
  ['honour', 'honor'],
  ['neighbour', 'neighbor'],
  ['labour', 'labor'],
  ['centre', 'center'],
  ['licence', 'license'],
  ['defence', 'defense'],
  ['offence', 'offense'],
  ['fulfil', 'fulfill', /fulfil(?!l)/gi],
  ['judgement', 'judgment'],
  ['artefact', 'artifact'],
  ['cheque', 'check'],
  ['programme', 'program', /programme(?![dr])/gi],
  ['grey', 'gray', /\bgrey/gi],
  ['whilst', 'while'],
  ['learnt', 'learned'],
  ['analyse', 'analyze', /analys(?:e|ing)/gi],
  [
    '-ise',
    '-ize',
    /(?:author|capital|categor|custom|final|initial|minim|normal|optim|organ|priorit|recogn|serial|summar|synchron)is(?:e|ing|ation)/gi,
  ],
]

/** British spellings, wherever they stand, in names too. */
export const britishSpellings: readonly BannedWord[] = spellings.map(([word, use, pattern]) => ({
  word,
  pattern: pattern ?? new RegExp(word, 'gi'),
  use,
  isName: false,
}))

export function findBannedWords(file: RepositoryFile, banned: readonly BannedWord[]): Violation[] {
  const names = findNames(file)
  return banned.flatMap(({ word, pattern, use, isName }) =>
    (isName && names ? names.filter(({ text }) => text.match(pattern)) : matchesIn(file.text, pattern)).map(
      ({ text, offset }) => ({
        entry: `${file.path} ${word}`,
        line: lineAt(file.text, offset),
        message: `“${text.replaceAll(/\s+/g, ' ')}” is banned; use: ${use}`,
      }),
    ),
  )
}

function matchesIn(text: string, pattern: RegExp) {
  return [...text.matchAll(pattern)].map((match) => ({ text: match[0], offset: match.index }))
}

/** The names of a TypeScript file's code, `undefined` for another file: its words count wherever they stand. */
function findNames(file: RepositoryFile) {
  if (!/\.tsx?$/.test(file.path)) return undefined
  const names: { text: string; offset: number }[] = []
  walk(parse(file), (node) => {
    if (node.type === 'Identifier') names.push({ text: node.name, offset: node.start })
  })
  return names
}
