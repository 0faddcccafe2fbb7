import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findPostmaster } from '../src/platform/database/postmaster.ts'

/** An embedded PostgreSQL whose processes stand still. */
export type StoppedPostgres = { resume(): void }

/**
 * Stops every process of a data folder's PostgreSQL, as a frozen machine would: connections stay open, new ones are
 * accepted by the operating system, and nobody answers. Linux only.
 */
export async function stopPostgres(dataFolder: string): Promise<StoppedPostgres> {
  const postmaster = await findPostmaster(join(dataFolder, 'postgres'))
  if (!postmaster) throw new Error(`No PostgreSQL runs in ${dataFolder}`)
  // The first process is stopped first, so that it starts no further ones.
  process.kill(postmaster.pid, 'SIGSTOP')
  const stopped = [postmaster.pid, ...(await findChildren(postmaster.pid))]
  signal(stopped, 'SIGSTOP')
  return {
    resume: () => signal(stopped, 'SIGCONT'),
  }
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch (error) {
      // A process may have ended meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

async function findChildren(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      // The name of the program stands in parentheses and may hold anything. The parent follows the state.
      const [, parentPid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return Number(parentPid) === parent ? [Number(pid)] : []
    }),
  )
  return found.flat()
}
