import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { expect } from 'vitest'
import { type CallCommand, type CallOutcome, createReaper } from '../src/calls/index.ts'
import { newUuid } from '../src/platform/ids.ts'
import { startOf, type TestWorkspace, type World, worldStartsAtMs } from './world.ts'

const heading = 'when | what happens | balance | monthly | top-up | other | outcome'

/**
 * Plays a table row by row and expects what it says. Each row holds an instant, what happens then, and the state right
 * after it. Empty cells are not checked.
 *
 * - When: `01-31 12:00:30.5` (month and day of 2026, UTC), `12:00:30` on the same day, or empty for the instant of the row before.
 * - What happens: `A starts`, `A answers`, `A ends`, each with `at WHEN` for a late report; `A beats`, a heartbeat;
 *   `+10 top_up`, `+5 promotional until WHEN`, `-3`; `reaper`; nothing.
 * - Amounts are credits. An amount that is not a whole number of hundredths is written as `1 ms`.
 * - The outcome is the call's status and its charge so far, `refused: REASON`, or `problem: CODE`. For the reaper it is
 *   the number of calls it closed.
 */
export async function playTable(world: World, workspace: TestWorkspace, table: string): Promise<void> {
  const rows = table
    .split('\n')
    .filter((row) => row.trim() !== '')
    .map((row) => row.split('|').map((cell) => cell.trim()))
  expect(rows.shift()?.join(' | ')).toBe(heading)
  const callIds = new Map<string, string>()
  const reaper = createReaper(world)
  const played: string[][] = []
  for (const [when = '', what = '', ...expected] of rows) {
    if (when !== '') world.clock.set(parseInstant(when, world.clock.now()))
    const outcome = what === 'reaper' ? await reap() : await perform(what)
    const balance = await world.balance(workspace)
    const found = [
      formatAmount(balance.balanceMs),
      formatAmount(balance.monthlyRemainingMs),
      formatAmount(balance.topUpRemainingMs),
      formatAmount(balance.promotionalRemainingMs),
      outcome,
    ]
    played.push([when, what, ...found.map((cell, index) => (expected[index] ? cell : ''))])
  }
  expect(alignCells(played)).toBe(alignCells(rows))

  async function reap(): Promise<string> {
    const before = await countLostCalls(world, workspace)
    await reaper.runOnce()
    return `${(await countLostCalls(world, workspace)) - before} closed`
  }

  async function perform(what: string): Promise<string> {
    if (what === '') return ''
    const [event = '', untilOrAt] = what.split(/ at | until /)
    const atMs = untilOrAt === undefined ? null : parseInstant(untilOrAt, world.clock.now())
    const [subject = '', verb] = event.split(' ')
    if (subject.startsWith('-')) {
      await world.deduct(workspace, -Number(subject) * MS_PER_CREDIT)
      return ''
    }
    if (subject.startsWith('+')) {
      const kind = verb === 'promotional' || verb === 'adjustment' ? verb : 'top_up'
      await world.grant(workspace, { kind, amountMs: Number(subject) * MS_PER_CREDIT, expiresAtMs: atMs })
      return ''
    }
    return formatOutcome(await world.engine.submit(toCommand(subject, verb, atMs)))
  }

  function toCommand(name: string, verb: string | undefined, atMs: number | null): CallCommand {
    const callId = callIds.get(name) ?? newUuid(worldStartsAtMs)
    callIds.set(name, callId)
    const { workspaceId } = workspace
    const target = { callId }
    switch (verb) {
      case 'starts':
        return startOf(workspace, { callId, atMs })
      case 'answers':
        return { type: 'answer', by: 'workspace', workspaceId, target, atMs }
      case 'ends':
        return { type: 'end', by: 'workspace', workspaceId, target, atMs, reason: null }
      case 'beats':
        return { type: 'heartbeat', workspaceId, target }
      default:
        throw new Error(`The table says "${name} ${verb}", which no call can do`)
    }
  }
}

async function countLostCalls({ database }: World, { workspaceId }: TestWorkspace): Promise<number> {
  const { rowCount } = await database.query(
    `select from calls where workspace_id = $1 and end_source = 'presumed'`,
    [workspaceId],
  )
  return rowCount ?? 0
}

function formatOutcome(outcome: CallOutcome): string {
  if (outcome.outcome === 'problem') return `problem: ${outcome.problem.code}`
  const { facts, refusalReason } = outcome.call
  if (facts.refused) return `refused: ${refusalReason}`
  const status = facts.endedAtMs === null ? (facts.answeredAtMs === null ? 'rings' : 'talks') : 'over'
  return `${facts.endSource === 'presumed' ? 'lost' : status} ${formatAmount(facts.settledMs)}`
}

function formatAmount(ms: number): string {
  return ms % 600 === 0 ? String(ms / MS_PER_CREDIT) : `${ms} ms`
}

function parseInstant(text: string, nowMs: number): number {
  const today = new Date(nowMs).toISOString().slice(5, 10)
  const [day, time] = text.includes('-') ? text.split(' ') : [today, text]
  return Temporal.Instant.from(`2026-${day}T${time ?? '00:00'}Z`).epochMilliseconds
}

/** Pads the cells so that a difference shows up in its column. */
function alignCells(rows: readonly (readonly string[])[]): string {
  const widths = heading
    .split(' | ')
    .map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) => widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | '))
    .join('\n')
}
