import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'

/** What a check found: where, in words, and the name under which tidy/exceptions lists it. */
export type Violation = {
  /** A file's path, then what in it: `server/src/app.ts createApp`. */
  readonly entry: string
  readonly line: number
  readonly message: string
}

type Exception = { readonly entry: string; readonly reason: string; readonly line: number }

/**
 * Fails where a check found something that `tidy/exceptions/<check>.txt` does not list, and where the file lists
 * something that the check no longer finds: exceptions only become fewer. A line of the file is an entry and its
 * reason, `server/src/app.ts createApp # why`. `TIDY_REMOVE_STALE=1 npx vitest run tidy` deletes the lines that are
 * no longer needed.
 */
export function expectNoneBut(check: string, violations: readonly Violation[]): void {
  const listed = readExceptions(check)
  const found = new Set(violations.map(({ entry }) => entry))
  const expected = new Set(listed.map(({ entry }) => entry))
  let stale = listed.filter(({ entry }) => !found.has(entry))
  if (process.env.TIDY_REMOVE_STALE && stale.length > 0) {
    removeLines(check, stale)
    stale = []
  }
  const messages = [
    ...violations
      .filter(({ entry }) => !expected.has(entry))
      .map(({ entry, line, message }) => `${entry.split(' ')[0]}:${line} ${message}`),
    ...stale.map(({ entry, line }) => `${pathOf(check)}:${line} remove this line, it is done: ${entry}`),
  ]
  expect(messages, `Repair these, or list them with a reason in ${pathOf(check)}`).toEqual([])
}

function readExceptions(check: string): Exception[] {
  const path = absolutePathOf(check)
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((text, index) => ({ text, line: index + 1 }))
    .filter(({ text }) => text.trim() !== '' && !text.startsWith('#'))
    .map(({ text, line }) => {
      const [entry = '', reason = ''] = text.split(' # ')
      return { entry: entry.trim(), reason: reason.trim(), line }
    })
}

function removeLines(check: string, stale: readonly Exception[]): void {
  const path = absolutePathOf(check)
  const numbers = new Set(stale.map(({ line }) => line))
  const kept = readFileSync(path, 'utf8')
    .split('\n')
    .filter((_, index) => !numbers.has(index + 1))
  writeFileSync(path, kept.join('\n'))
}

const pathOf = (check: string) => `tidy/exceptions/${check}.txt`
const absolutePathOf = (check: string) => join(import.meta.dirname, 'exceptions', `${check}.txt`)
