import { randomBytes } from 'node:crypto'
import { access, chmod, link, mkdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileFault, StartProblem } from './start-problem.ts'

/**
 * Makes the data folder if it is missing. It is closed to other users; only where root runs PostgreSQL as another
 * user may others pass through it, not look into it.
 *
 * @returns its path without symbolic links
 */
export async function openDataFolder(dataDir: string): Promise<string> {
  const mode = process.geteuid?.() === 0 ? 0o711 : 0o700
  try {
    await makeFolder(dataDir, mode)
    return await realpath(dataDir)
  } catch (error) {
    throw dataFolderProblem(dataDir, error)
  }
}

/** Makes a folder and those above it. (The `recursive` of Node.js never returns where /proc refuses a folder.) */
async function makeFolder(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path)
    await chmod(path, mode)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return
    const above = dirname(path)
    if (code !== 'ENOENT' || (await exists(above))) throw error
    await makeFolder(above, folderAboveMode)
    await makeFolder(path, mode)
  }
}

/** Folders above the data folder hold nothing of Talktime's: they are made as any program makes them. */
const folderAboveMode = 0o755

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

export function dataFolderProblem(dataDir: string, error: unknown): StartProblem {
  return new StartProblem(
    `The data folder ${dataDir} cannot be used: ${fileFault(error)}. ` +
      'Mend that, or set TALKTIME_DATA_DIR to a folder that can be written to.',
  )
}

/**
 * The text of a file in the data folder that only its owner may read. It is made of random characters when it is
 * missing; of several processes that make it at once one wins, and all get the same text.
 */
export async function ownFile(dataDir: string, name: string, lengthMin: number): Promise<string> {
  const folder = await openDataFolder(dataDir)
  const path = join(folder, name)
  const existing = await readOwnFile(path, lengthMin)
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
  const made = await readOwnFile(path, lengthMin)
  if (made === undefined)
    throw new StartProblem(`${path} disappeared while Talktime started. Start it again.`)
  return made
}

async function readOwnFile(path: string, lengthMin: number): Promise<string | undefined> {
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
