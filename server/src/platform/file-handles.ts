import { readFileSync } from 'node:fs'
import { StartProblem } from './start-problem.ts'

/**
 * What is kept for everything but requests: files of the program, logs, and the connections to PostgreSQL. When a process
 * has no handle left, it can neither accept a connection nor open one to the database.
 */
const RESERVED = 96

/** The least connections of clients with which a server is of use. */
const CONNECTIONS_MIN = 32

/** More connections than this cost memory and bring nothing: far fewer requests are in progress at once. */
export const CONNECTIONS_MAX = 4_096

/** How many handles this process uses for what. */
export type HandleBudget = {
  /** Connections of clients. */
  readonly connectionsMax: number
  /** Connections to other servers that requests wait for, such as providers of language models. */
  readonly outgoingMax: number
}

/**
 * Divides the file handles of this process.
 *
 * @param limit how many the process may open
 * @throws StartProblem if that is too few
 */
export function divideHandles(limit = readHandleLimit()): HandleBudget {
  const least = RESERVED + CONNECTIONS_MIN * 2
  if (limit < least) {
    throw new StartProblem(
      `This process may open ${limit} files and connections at once. Talktime needs at least ${least}. Raise the limit, for example with "ulimit -n 4096" or LimitNOFILE in systemd.`,
    )
  }
  const half = Math.floor((limit - RESERVED) / 2)
  return { connectionsMax: Math.min(CONNECTIONS_MAX, half), outgoingMax: half }
}

/** Reads how many files this process may open at once. Node.js has raised the soft limit to the hard one. */
function readHandleLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return soft === undefined || soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft)
  } catch {
    return readReportedLimit()
  }
}

/** Reads the limit where there is no /proc, as on macOS. */
function readReportedLimit(): number {
  const report = process.report.getReport() as {
    userLimits?: { open_files?: { soft: number | 'unlimited' } }
  }
  const soft = report.userLimits?.open_files?.soft
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY
}
