import { type Crossing, decideCrossings } from '@talktime/core/crossings'
import { type Account, type LineRow, lockFreeAccounts, noteChange, writeAccounts } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import type { Pipeline } from '../platform/database/pipeline.ts'
import { together } from '../platform/database/together.ts'
import { invariant } from '../platform/problem.ts'
import { type AlertFacts, loadAlertFacts, tellLow, tellOut, tellReturned } from './alerts.ts'
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
  /** Somebody else holds their lines: nothing was done. */
  readonly held: readonly string[]
  /** A boundary comes first: nothing was done about the crossings of these. */
  readonly atBoundary: readonly string[]
  /** The instants at which the balances crossed. */
  readonly crossedAtMs: ReadonlyMap<string, number>
}

/**
 * Does in one transaction what is to be done in these workspaces: decides under their locks, marks their lines and has
 * the consequences carried out. As often as you like, also by several servers: a crossing that is marked is done.
 *
 * Lines that somebody else holds are not waited for: whoever holds one for long must not keep all others waiting.
 */
export function act(
  pipeline: Pipeline,
  consequences: Consequences,
  workspaceIds: readonly string[],
  nowMs: number,
): Promise<Acted> {
  return pipeline.transaction(async (tx, commit) => {
    // Known before anybody needs it, it costs no way to the database and back of its own.
    const [locked, facts] = await together([
      lockFreeAccounts(tx, workspaceIds),
      loadAlertFacts(tx, workspaceIds),
    ])
    const accounts = [...locked.values()]
    const atBoundary = accounts.filter(({ line }) => isAtBoundary(line, nowMs))
    const current = accounts.filter(({ line }) => !isAtBoundary(line, nowMs))
    const moves = current.flatMap((account) => movesOf(account, nowMs))
    const done = await carryOut({ tx, consequences, facts, nowMs }, moves)
    const written = writeAccounts(tx, current, nowMs)
    const committed = commit()
    // Sent along with the writes. Where it fails because one of them did, theirs is the error that says why.
    committed.catch(() => {})
    await written
    await committed
    return {
      lines: current.map(({ line }) => line),
      changed: moves.map(({ account }) => account.line.workspaceId),
      hangUps: done.flatMap(({ workspaceId, hangUps }) => (hangUps ? [workspaceId] : [])),
      held: workspaceIds.filter((workspaceId) => !locked.has(workspaceId)),
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

type Context = {
  readonly tx: Tx
  readonly consequences: Consequences
  readonly facts: ReadonlyMap<string, AlertFacts>
  readonly nowMs: number
}

type DoneIn = { readonly workspaceId: string; readonly hangUps: boolean }

/** The workspaces' queries travel together. */
async function carryOut(context: Context, moves: readonly Move[]): Promise<DoneIn[]> {
  if (moves.length === 0) return []
  const marked = writeMarks(
    context.tx,
    moves.map(({ account }) => account.line),
  )
  const [done] = await together([together(moves.map((move) => carryOutIn(context, move))), marked])
  return [...done]
}

async function carryOutIn(context: Context, { account, crossings }: Move): Promise<DoneIn> {
  const { tx, consequences, nowMs } = context
  const { workspaceId } = account.line
  const facts = context.facts.get(workspaceId)
  invariant(facts, 'A workspace with a balance line has a subscription')
  let hangUps = false
  for (const crossing of crossings) {
    switch (crossing.kind) {
      case 'went_out': {
        const done = await consequences.wentOut(tx, account, crossing.atMs, nowMs)
        hangUps ||= done.hangUps
        await tellOut(tx, account, facts, { ...done, atMs: crossing.atMs }, nowMs)
        break
      }
      case 'returned': {
        const done = await consequences.returned(tx, account, nowMs)
        hangUps ||= done.hangUps
        await tellReturned(tx, account, facts, done, nowMs)
        break
      }
      case 'became_low':
        await tellLow(tx, account, facts, crossing.atMs, nowMs)
    }
  }
  return { workspaceId, hangUps }
}
