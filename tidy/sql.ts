import { lineAt, type RepositoryFile } from './repository.ts'
import { HOLE, parse, textOf, walk } from './syntax.ts'

/** A string or template of a file; `…` stands where an expression is put into it. */
type SqlText = { readonly text: string; readonly line: number }

export type TableUse = { readonly table: string; readonly access: 'read' | 'write' }

const statement =
  /\b(select\b|insert into\b|delete from\b|update\s+[\w…]|copy\s+[\w…(]|truncate\b|lock table\b)/i
const fragment =
  /^\s*(?:(?:left|inner|cross|lateral)\s+)*(?:from|join|using)\s+[\w…(]|\bjoin\s+\w+\s+\w+\s+on\b/

function isSql(text: string): boolean {
  return fragment.test(text) || (statement.test(text) && namesTables(text))
}

/**
 * The tables that a file's SQL uses, each use once a line.
 *
 * A table whose name is put into the text (`delete from ${table}`) is looked for among the file's other texts: one
 * that is a table's name, alone or with what is joined to it, counts as used in each way a name is put in.
 */
export function findTableUses(
  file: RepositoryFile,
  tables: ReadonlySet<string>,
): (TableUse & { line: number })[] {
  const texts = findTexts(file)
  const sql = texts.filter(({ text }) => isSql(text))
  const direct = sql.flatMap(({ text, line }) => usesIn(text, tables).map((use) => ({ ...use, line })))
  const inserted = new Set(
    sql.flatMap(({ text }) => usesIn(text, new Set([HOLE])).map(({ access }) => access)),
  )
  const named = texts
    .map(({ text, line }) => ({ table: /^\s*(\w+)(\s|$)/.exec(text)?.[1] ?? '', line }))
    .filter(({ table }) => tables.has(table))
    .flatMap(({ table, line }) => [...inserted].map((access) => ({ table, access, line })))
  return [...direct, ...named]
}

function findTexts(file: RepositoryFile): SqlText[] {
  const found: SqlText[] = []
  walk(parse(file), (node, around) => {
    const text = textOf(node)
    if (text === undefined || around.at(-1)?.type === 'ImportDeclaration') return
    found.push({ text, line: lineAt(file.text, node.start) })
  })
  return found
}

const keywords =
  /\b(insert\s+into|delete\s+from|merge\s+into|update|truncate(?:\s+table)?|lock\s+table|copy|from|join|using)\s+(?:(?:only|lateral)\s+)?(…|\w+)/gi
// `, next_table alias` after a table in a list of FROM.
const nextInList =
  /^(?:\s+(?:as\s+)?(?!where|join|on|set|order|group|left|for|limit)\w+)?\s*,\s*(?:lateral\s+)?(\w+)/i

/** The tables that a statement or a fragment of one names, in the order of the text, each use once. */
export function usesIn(text: string, tables: ReadonlySet<string>): TableUse[] {
  const uses = new Map<string, TableUse>()
  const add = (table: string, access: TableUse['access']) => {
    if (tables.has(table)) uses.set(`${table} ${access}`, { table, access })
  }
  const commonTables = new Set(
    [...text.matchAll(/\b(\w+)\s+as\s+(?:not\s+)?(?:materialized\s+)?\(/gi)].map(([, name]) => name),
  )
  for (const match of text.matchAll(keywords)) {
    const [whole, keyword = '', table = ''] = match
    if (commonTables.has(table)) continue
    const isList = /^(from|using)$/i.test(keyword)
    add(table, isList || /^join$/i.test(keyword) || copiesOut(keyword, text) ? 'read' : 'write')
    let rest = text.slice(match.index + whole.length)
    for (let next = isList ? nextInList.exec(rest) : null; next; next = nextInList.exec(rest)) {
      add(next[1] ?? '', 'read')
      rest = rest.slice(next[0].length)
    }
  }
  return [...uses.values()]
}

function namesTables(text: string): boolean {
  return text.search(keywords) !== -1
}

const copiesOut = (keyword: string, text: string) => /^copy$/i.test(keyword) && /\bto\s+stdout\b/i.test(text)
