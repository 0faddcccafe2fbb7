import { readFile, rename, writeFile } from 'node:fs/promises'
import { type ChainHead, type Difference, findLostHeads, readChainHeads } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { fileFault, StartProblem } from '../platform/start-problem.ts'
import { publicId, uuidFrom } from '../public-ids.ts'

// The heads of all chains, in a file that is kept where nobody who can write the database can write. Somebody who can
// rewrite the whole ledger, every hash included, cannot make it fit the file. A line is `ws_… 42 <hash>`.

/** Compares the ledger with the heads that the file keeps. A file that does not exist yet keeps none. */
export async function verifyHeads(tx: Tx, file: string): Promise<Difference[]> {
  const lost = await findLostHeads(tx, await readHeads(file))
  return lost.map(({ workspaceId, seq }) => ({
    workspaceId,
    check: 'the ledger continues from the heads that were kept',
    detail: `entry ${seq} is not what it was when ${file} was written`,
  }))
}

/** Writes the heads of the ledger as it is now, in one step. */
export async function keepHeads(tx: Tx, file: string): Promise<void> {
  const heads = await readChainHeads(tx)
  const lines = heads.map(
    ({ workspaceId, seq, hash }) => `${publicId('workspace', workspaceId)} ${seq} ${hash}\n`,
  )
  try {
    await writeFile(`${file}.draft`, lines.join(''), { mode: 0o600, flush: true })
    await rename(`${file}.draft`, file)
  } catch (error) {
    throw new StartProblem(`${file} cannot be written: ${fileFault(error)}.`)
  }
}

async function readHeads(file: string): Promise<ChainHead[]> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new StartProblem(`${file} cannot be read: ${fileFault(error)}.`)
  }
  return text
    .split('\n')
    .filter(Boolean)
    .map((line, index) => parseHead(line, `${file}, line ${index + 1}`))
}

function parseHead(line: string, where: string): ChainHead {
  const [id = '', seq = '', hash = ''] = line.split(' ')
  const workspaceId = uuidFrom('workspace', id)
  if (workspaceId !== undefined && /^[1-9]\d{0,15}$/.test(seq) && /^[0-9a-f]{64}$/.test(hash)) {
    return { workspaceId, seq: Number(seq), hash }
  }
  throw new StartProblem(
    `${where}: it must be the id of a workspace, the number of an entry and its hash, as verify --heads writes them.`,
  )
}
