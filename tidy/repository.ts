import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const projectRoot = join(import.meta.dirname, '..')

/** A text file of the repository; `path` is relative to its root, with slashes. */
export type RepositoryFile = { readonly path: string; readonly text: string }

/**
 * The repository's text files: what git tracks and new files it does not ignore, as they are on disk.
 *
 * @param extensions without the dot; generated files are left out
 */
export function readFiles(...extensions: readonly string[]): RepositoryFile[] {
  return listPaths()
    .filter((path) => extensions.some((extension) => path.endsWith(`.${extension}`)))
    .filter((path) => !path.includes('.gen.') && existsSync(join(projectRoot, path)))
    .map((path) => ({ path, text: readText(path) }))
}

export function readText(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8')
}

function listPaths(): string[] {
  // git refuses a checkout that belongs to another user, as it does in containers, unless the command says it is safe.
  const args = ['-c', 'safe.directory=*', 'ls-files', '--cached', '--others', '--exclude-standard']
  const output = execFileSync('git', args, {
    cwd: projectRoot,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  })
  return output.split('\n').filter((path) => path !== '')
}

/** Tests, and the code that only tests run. */
export function isTest(path: string): boolean {
  return /\.test(-suite)?\.tsx?$/.test(path) || /^(server\/test|core\/test|web\/browser|tidy)\//.test(path)
}

/** The folder of server/src a file stands in; `undefined` for a file beside the rooms, and for files elsewhere. */
export function roomOf(path: string): string | undefined {
  return /^server\/src\/([^/]+)\//.exec(path)?.[1]
}

/** The line of an offset, counted from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1
  return line
}
