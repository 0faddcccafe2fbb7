import { readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type ChainHead, type Difference, findLostHeads, readChainHeads } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { fileFault, StartProblem } from '../platform/start-problem.ts'
import { publicId, uuidFrom } from '../public-ids.ts'

// The heads of all chains, in a file that is kept where nobody who can write the database can write. Somebody who can
// rewrite the whole ledger, every hash included, cannot make it fit the file. A line is `ws_… 42 <hash>`.

/** The file, and the heads that it kept. Undefined: it does not exist yet. */
export type KeptHeads = { readonly file: string; readonly heads: readonly ChainHead[] | undefined }

/**
 * Reads the file.
 *
 * @throws StartProblem if it cannot be read, or is not as {@link keepHeads} wrote it
 */
export async function readKeptHeads(file: string): Promise<KeptHeads> {
  const text = await readText(file)
  if (text === undefined) return { file, heads: undefined }
  // No run writes an empty file. Something else emptied it.
  if (text === '')
    throw new StartProblem(`${file} is empty. Each of its lines must be ${LINE_FORM}. ${REMEDY}`)
  const lines = text.replace(/\n$/, '').split('\n')
  return { file, heads: lines.map((line, index) => parseHead(line, `${file}, line ${index + 1}`)) }
}

/** Compares the ledger with the heads that the file kept. */
export async function verifyHeads(tx: Tx, { file, heads = [] }: KeptHeads): Promise<Difference[]> {
  const lost = await findLostHeads(tx, heads)
  return lost.map(({ workspaceId, seq }) => ({
    workspaceId,
    check: 'the ledger continues from the heads that were kept',
    detail: `entry ${seq} is not what it was when ${file} was written`,
  }))
}

/** Writes the heads of the ledger as it is now, in one step. Returns a sentence that says what was compared before. */
export async function keepHeads(tx: Tx, { file, heads: before }: KeptHeads): Promise<string> {
  const heads = await readChainHeads(tx)
  if (heads.length === 0) return `There is nothing to keep in ${file} yet: no workspace has entries.`
  const lines = heads.map(
    ({ workspaceId, seq, hash }) => `${publicId('workspace', workspaceId)} ${seq} ${hash}\n`,
  )
  try {
    await writeFile(`${file}.draft`, lines.join(''), { mode: 0o600, flush: true })
    await rename(`${file}.draft`, file)
  } catch (error) {
    throw new StartProblem(`${file} cannot be written: ${fileFault(error)}.`)
  }
  // A file that should be there must not be missed in silence: without it, nothing proves anything.
  return before === undefined
    ? `${file} did not exist, so nothing was compared. It keeps the last hash of ${countOf(heads)} now.`
    : `The last hash of ${countOf(before)} that ${file} kept is still in the ledger.`
}

function countOf({ length }: readonly ChainHead[]): string {
  return `${length.toLocaleString('en-US')} workspace${length === 1 ? '' : 's'}`
}

/** Undefined: there is no file yet. */
async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new StartProblem(`${file} cannot be read: ${fileFault(error)}.`)
    }
  }
  const folder = await stat(dirname(file)).catch(() => undefined)
  if (folder?.isDirectory()) return undefined
  throw new StartProblem(`There is no folder ${dirname(file)} for the file of heads.`)
}

const LINE_FORM = 'the id of a workspace, the number of an entry and its hash, such as "ws_6b1f… 42 9c0e…"'
const REMEDY = 'Put a copy of the file back, or move it away to begin again. Nothing was compared.'
const SHOWN_LENGTH_MAX = 100

function parseHead(line: string, where: string): ChainHead {
  const [id = '', seq = '', hash = '', ...more] = line.split(' ')
  const workspaceId = uuidFrom('workspace', id)
  const isHead = /^[1-9]\d{0,14}$/.test(seq) && /^[0-9a-f]{64}$/.test(hash) && more.length === 0
  if (workspaceId !== undefined && isHead) return { workspaceId, seq: Number(seq), hash }
  // The file may hold anything, and a terminal obeys control characters.
  const shown = line.replaceAll(/\p{Cc}/gu, ' ').slice(0, SHOWN_LENGTH_MAX)
  throw new StartProblem(`${where}: "${shown}" must be ${LINE_FORM}. ${REMEDY}`)
}
