import { randomBytes } from 'node:crypto'
import { access, chmod, link, mkdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileFault, StartProblem } from './start-problem.ts'

/**
 * Creates the data folder if it is missing. Other users cannot enter it. The exception is root, which runs PostgreSQL as
 * another user: then others can pass through the folder, but not list it.
 *
 * @returns the path without symbolic links
 * @throws StartProblem if the folder cannot be used
 */
export async function openDataFolder(dataDir: string): Promise<string> {
  const mode = process.geteuid?.() === 0 ? 0o711 : 0o700
  try {
    await createFolder(dataDir, mode)
    return await realpath(dataDir)
  } catch (error) {
    throw dataFolderProblem(dataDir, error)
  }
}

/** Creates a folder and those above it. The `recursive` option of Node.js never returns if /proc refuses a folder. */
async function createFolder(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path)
    await chmod(path, mode)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return
    const parent = dirname(path)
    if (code !== 'ENOENT' || (await exists(parent))) throw error
    await createFolder(parent, PARENT_FOLDER_MODE)
    await createFolder(path, mode)
  }
}

/** The mode of folders above the data folder, which hold nothing of Talktime’s. */
const PARENT_FOLDER_MODE = 0o755

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

/**
 * Requires that the data folder exists, for commands, which never create one: a mistyped folder would otherwise look like
 * a Talktime without data.
 *
 * @throws StartProblem naming the setting
 */
export async function requireDataFolder(dataDir: string): Promise<void> {
  if (!(await exists(dataDir))) throw missingDataProblem(`no data folder ${dataDir}`)
}

/** The problem of a command that does not find what it should look at. */
export function missingDataProblem(what: string): StartProblem {
  return new StartProblem(
    `There is ${what}. Set TALKTIME_DATA_DIR to the folder of an existing server, or start the server, which creates it. ` +
      'Nothing was created.',
  )
}

/** The problem of a data folder that cannot be used, because of `error` from the file system. */
export function dataFolderProblem(dataDir: string, error: unknown): StartProblem {
  return new StartProblem(
    `The data folder ${dataDir} cannot be used: ${fileFault(error)}. ` +
      'Fix that, or set TALKTIME_DATA_DIR to a folder that can be written to.',
  )
}

/**
 * Reads a secret from a file in the data folder that only its owner can read. If the file is missing, it is created with
 * random characters. If several processes create it at once, one wins and all of them get its text.
 *
 * @throws StartProblem if the file cannot be read or written, or holds fewer than `lengthMin` characters
 */
export async function readOrCreateSecret(dataDir: string, name: string, lengthMin: number): Promise<string> {
  const folder = await openDataFolder(dataDir)
  const path = join(folder, name)
  const existing = await readSecret(folder, name, lengthMin)
  if (existing !== undefined) return existing
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    await writeFile(draft, `${randomBytes(36).toString('base64url')}\n`, { mode: 0o600, flush: true })
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } catch (error) {
    throw dataFolderProblem(dataDir, error)
  } finally {
    await rm(draft, { force: true }).catch(() => {})
  }
  const made = await readSecret(folder, name, lengthMin)
  if (made === undefined)
    throw new StartProblem(`${path} disappeared while Talktime started. Start it again.`)
  return made
}

/**
 * Reads a secret from a file in the data folder, and creates nothing. Undefined if there is no such file.
 *
 * @throws StartProblem if the file cannot be read, or holds fewer than `lengthMin` characters
 */
export async function readSecret(
  dataDir: string,
  name: string,
  lengthMin: number,
): Promise<string | undefined> {
  const path = join(dataDir, name)
  let text: string
  try {
    text = (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new StartProblem(`${path} cannot be read: ${fileFault(error)}.`)
  }
  if (text.length >= lengthMin) return text
  throw new StartProblem(
    `${path} is damaged: it must hold at least ${lengthMin} characters. Restore it from a backup.`,
  )
}
