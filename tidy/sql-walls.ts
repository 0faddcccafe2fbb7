import { mayEnter, tableOwners } from '../server/walls.ts'
import type { Violation } from './exceptions.ts'
import { isTest, type RepositoryFile, roomOf } from './repository.ts'
import { findTableUses } from './sql.ts'

const ownerOf = new Map(
  Object.entries(tableOwners).flatMap(([room, tables]) => tables.map((table) => [table, room] as const)),
)

/** Tables that no room owns, and tables of the map that the schema does not have. */
export function findUnownedTables(schema: string): {
  readonly unowned: string[]
  readonly unknown: string[]
} {
  const tables = new Set([...schema.matchAll(/^create table (\w+)/gim)].map(([, name = '']) => name))
  return {
    unowned: [...tables].filter((table) => !ownerOf.has(table)),
    unknown: [...ownerOf.keys()].filter((table) => !tables.has(table)),
  }
}

/**
 * Where a file's SQL reads a table of a room that its own room may not enter, or writes a table of another room.
 * `verify.ts` reads everything: it checks books that rooms keep together. So does what sees every room, the files
 * beside the rooms and the command line, but it owns no table.
 */
export function findSqlViolations(file: RepositoryFile): Violation[] {
  if (!file.path.startsWith('server/src/') || isTest(file.path)) return []
  const room = roomOf(file.path) ?? 'cli'
  const mayRead = new Set([room, ...(mayEnter[room] ?? [])])
  const readsAll = room === 'cli' || file.path.endsWith('/verify.ts')
  return findTableUses(file, new Set(ownerOf.keys()))
    .map((use) => ({ ...use, owner: ownerOf.get(use.table) ?? '' }))
    .filter(({ access, owner }) => (access === 'write' ? owner !== room : !readsAll && !mayRead.has(owner)))
    .map(({ table, access, line, owner }) => ({
      entry: `${file.path} ${table} ${access}`,
      line,
      message:
        access === 'write'
          ? `writes ${table}, which only ${owner} may write`
          : `reads ${table} of ${owner}, which ${room} may not enter`,
    }))
}
