import { type Crossing, decideCrossings } from '@talktime/core/crossings'
import { type Account, type LineRow, lockAccounts, noteChange, writeAccounts } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Tx } from '../platform/database/database.ts'
import { tellLow, tellOut, tellReturned } from './alerts.ts'
import type { Consequences } from './consequences.ts'
import { writeMarks } from './store.ts'

/** What was found of some workspaces, and what is left to do outside of the transaction. Workspaces by their UUIDs. */
export type Acted = {
  /** The lines as they are now. */
  readonly lines: readonly LineRow[]
  /** Something was done. */
  readonly changed: readonly string[]
  /** There are calls to be hung up now. */
  readonly hangUps: readonly string[]
  /** A boundary comes first: nothing was done about the crossings of these. */
  readonly atBoundary: readonly string[]
  /** The instants at which the balances crossed. */
  readonly crossedAtMs: ReadonlyMap<string, number>
}

/**
 * Does in one transaction what is to be done in these workspaces: decides under their locks, marks their lines and has
 * the consequences carried out. As often as you like, also by several servers: a crossing that is marked is done.
 */
export async function act(
  parts: { readonly database: Database; readonly clock: Clock; readonly consequences: Consequences },
  workspaceIds: readonly string[],
): Promise<Acted> {
  const nowMs = parts.clock.now()
  return parts.database.transaction(async (tx) => {
    const accounts = [...(await lockAccounts(tx, workspaceIds)).values()]
    const atBoundary = accounts.filter(({ line }) => isAtBoundary(line, nowMs))
    const current = accounts.filter(({ line }) => !isAtBoundary(line, nowMs))
    const moves = current.flatMap((account) => movesOf(account, nowMs))
    const done = moves.length === 0 ? [] : await carryOut(tx, parts.consequences, moves, nowMs)
    await writeAccounts(tx, current, nowMs)
    return {
      lines: current.map(({ line }) => line),
      changed: moves.map(({ account }) => account.line.workspaceId),
      hangUps: done.flatMap(({ workspaceId, hangUps }) => (hangUps ? [workspaceId] : [])),
      atBoundary: atBoundary.map(({ line }) => line.workspaceId),
      crossedAtMs: new Map(moves.flatMap(({ account, crossings }) => crossedAt(account, crossings))),
    }
  })
}

function isAtBoundary({ nextBoundaryMs }: LineRow, nowMs: number): boolean {
  return nextBoundaryMs !== null && nextBoundaryMs <= nowMs
}

type Move = { readonly account: Account; readonly crossings: readonly Crossing[] }

/** The account with its new marks, where they are not what they were. */
function movesOf(account: Account, nowMs: number): Move[] {
  const { line } = account
  const { crossings, marks } = decideCrossings(line, nowMs)
  if (marks.outSinceMs === line.outSinceMs && marks.lowSinceMs === line.lowSinceMs) return []
  account.line = { ...line, ...marks }
  noteChange(account, 'balance')
  return [{ account, crossings }]
}

function crossedAt({ line }: Account, crossings: readonly Crossing[]): [string, number][] {
  return crossings.flatMap((one) => (one.kind === 'returned' ? [] : [[line.workspaceId, one.atMs]]))
}

type DoneIn = { readonly workspaceId: string; readonly hangUps: boolean }

/**
 * The workspaces' queries are sent together. All are waited for, also where one fails: none may go on in a transaction
 * that is over.
 */
async function carryOut(
  tx: Tx,
  consequences: Consequences,
  moves: readonly Move[],
  nowMs: number,
): Promise<DoneIn[]> {
  const marked = writeMarks(
    tx,
    moves.map(({ account }) => account.line),
  )
  const [written, ...results] = await Promise.allSettled([
    marked,
    ...moves.map((move) => carryOutIn(tx, consequences, move, nowMs)),
  ])
  if (written.status === 'rejected') throw written.reason
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}

async function carryOutIn(
  tx: Tx,
  consequences: Consequences,
  { account, crossings }: Move,
  nowMs: number,
): Promise<DoneIn> {
  let hangUps = false
  for (const crossing of crossings) {
    switch (crossing.kind) {
      case 'went_out': {
        const done = await consequences.wentOut(tx, account, crossing.atMs, nowMs)
        hangUps ||= done.hangUps
        await tellOut(tx, account, crossing.atMs, done.sentences, nowMs)
        break
      }
      case 'returned': {
        const done = await consequences.returned(tx, account, nowMs)
        hangUps ||= done.hangUps
        await tellReturned(tx, account, done.sentences, nowMs)
        break
      }
      case 'became_low':
        await tellLow(tx, account, crossing.atMs, nowMs)
    }
  }
  return { workspaceId: account.line.workspaceId, hangUps }
}
