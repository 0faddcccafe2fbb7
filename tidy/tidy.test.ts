import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  findClockReads,
  findLongFiles,
  findLongFunctions,
  findLowerConstants,
  findOpenSwitches,
  findScatteredSql,
  findVagueNames,
} from './code.ts'
import { expectNoneBut } from './exceptions.ts'
import { isTest, type RepositoryFile, readFiles, readText, roomOf } from './repository.ts'
import { britishSpellings, findBannedWords, readBannedWords } from './words.ts'

const code = readFiles('ts', 'tsx')
const productCode = code.filter(({ path }) => !isTest(path))
const isRead = ({ path }: RepositoryFile) => !path.startsWith('tidy/') && path !== 'docs/glossary.md'
const prose = [...code, ...readFiles('mjs', 'md', 'css', 'jsonc', 'html')].filter(isRead)

describe('words', () => {
  const banned = readBannedWords(readText('docs/glossary.md'))

  test('no word that the glossary bans is used', () => {
    expect(banned).not.toEqual([])
    expectNoneBut(
      'banned-words',
      prose.flatMap((file) => findBannedWords(file, banned)),
    )
  })

  test('words are spelled the American way', () => {
    expectNoneBut(
      'spelling',
      prose.flatMap((file) => findBannedWords(file, britishSpellings)),
    )
  })
})

describe('code', () => {
  test('a file has at most 300 lines', () => {
    expectNoneBut('file-length', code.flatMap(findLongFiles))
  })

  test('a function has at most 70 lines', () => {
    expectNoneBut('function-length', code.flatMap(findLongFunctions))
  })

  test('only platform/clock.ts reads the clock', () => {
    const timeless = productCode.filter(
      ({ path }) => /^(core|server|web)\/src\//.test(path) && path !== 'server/src/platform/clock.ts',
    )
    expectNoneBut('clock', timeless.flatMap(findClockReads))
  })

  test('every switch says what follows when no case fits', () => {
    expectNoneBut('switches', code.flatMap(findOpenSwitches))
  })

  test('module constants are written in SCREAMING_CASE', () => {
    expectNoneBut('constants', code.flatMap(findLowerConstants))
  })

  test('every file name says what is in the file', () => {
    expectNoneBut('file-names', code.flatMap(findVagueNames))
  })

  test('SQL stands in files named *-store.ts, verify.ts or retention.ts', () => {
    expectNoneBut('sql-files', code.flatMap(findScatteredSql))
  })
})

describe('documents', () => {
  const architecture = readText('ARCHITECTURE.md')
  const rooms = [...new Set(productCode.map(({ path }) => roomOf(path)).filter((room) => room !== undefined))]

  test('ARCHITECTURE.md says of every room what it does, and draws it', () => {
    const drawing = /## The rooms[\s\S]*?```([\s\S]*?)```/.exec(architecture)?.[1] ?? ''
    const violations = rooms
      .filter((room) => room !== 'cli')
      .flatMap((room) => [
        ...(architecture.includes(`| \`${room}\` `) ? [] : [missing(room, 'has no line in the table')]),
        ...(new RegExp(`(?<![\\w-])${room}(?![\\w-])`).test(drawing)
          ? []
          : [missing(room, 'is not in the drawing')]),
      ])
    expectNoneBut('architecture', violations)
  })

  test('every topic of core has a README', () => {
    const topics = new Set(
      productCode.filter(({ path }) => /^core\/src\/.+\//.test(path)).map(({ path }) => dirname(path)),
    )
    const readmes = new Set(readFiles('md').map(({ path }) => dirname(path)))
    const violations = [...topics]
      .filter((topic) => !readmes.has(topic))
      .map((topic) => ({ entry: topic, line: 1, message: 'has no README.md' }))
    expectNoneBut('core-readmes', violations)
  })

  function missing(room: string, what: string) {
    return { entry: `ARCHITECTURE.md ${room} ${what}`, line: 1, message: `server/src/${room} ${what}` }
  }
})

describe('the checks themselves', () => {
  const file = (text: string, path = 'server/src/calls/x.ts') => ({ path, text })

  test('the glossary’s table is read', () => {
    const glossary =
      'text\n\n| banned | use |\n| --- | --- |\n| anew, reckon* | again |\n| `*Parts` | `*Deps` |\n| "The same" | say it |\n'
    const banned = readBannedWords(glossary)
    const found = findBannedWords(
      file('// Anew, reckoned.\nconst CallParts = parts // the same. The  same, CallParts'),
      banned,
    )
    expect(found.map(({ line, message }) => `${line} ${message}`)).toEqual([
      '1 “Anew” is banned; use: again',
      '1 “reckoned” is banned; use: again',
      '2 “CallParts” is banned; use: `*Deps`',
      '2 “The same” is banned; use: say it',
    ])
  })

  test('functions are measured, not the lists of tests in a describe', () => {
    const body = '\n'.repeat(70)
    const named = (text: string) =>
      findLongFunctions(file(text)).map(({ entry }) => entry.split(' ').slice(1).join(' '))
    expect(named(`function slow() {${body}}`)).toEqual(['slow'])
    expect(named(`const o = { slow() {${body}} }`)).toEqual(['slow'])
    expect(named(`test('is slow', () => {${body}})`)).toEqual(['is slow'])
    expect(named(`describe('all', () => {${body}})`)).toEqual([])
    expect(named('function quick() {}')).toEqual([])
  })

  test('reads of the clock are found, also where the clock is handed on', () => {
    const found = (text: string) => findClockReads(file(text)).length
    expect([found('Date.now()'), found('f({ now: Date.now })'), found('new Date()')]).toEqual([1, 1, 1])
    expect([found('new Date(atMs)'), found('performance.now()'), found('// Date.now()')]).toEqual([0, 0, 0])
  })

  test('a switch without a default is found', () => {
    expect(findOpenSwitches(file('switch (a) { case 1: break }'))).toHaveLength(1)
    expect(findOpenSwitches(file('switch (a) { case 1: break; default: assertNever(a) }'))).toEqual([])
  })

  test('constants are numbers and single words', () => {
    const found = (text: string) => findLowerConstants(file(text)).length
    expect([
      found('const waitMs = 5 * MINUTE_MS'),
      found("export const name = 'a'"),
      found('const n = -1'),
    ]).toEqual([1, 1, 1])
    expect([found('const WAIT_MS = 5'), found("const sql = 'select 1'"), found('const list = [1]')]).toEqual([
      0, 0, 0,
    ])
  })

  test('SQL is found outside the files for it', () => {
    const text = 'db.query(`select id from calls`)'
    expect(findScatteredSql(file(text))).toHaveLength(1)
    expect(findScatteredSql(file(text, 'server/src/calls/call-store.ts'))).toEqual([])
    expect(
      findScatteredSql(file("throw new Problem('Choose what to select from the list, or update it.')")),
    ).toEqual([])
  })
})
