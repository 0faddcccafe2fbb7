import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { expect } from 'vitest'
import type { CallCommand, CallOutcome } from '../src/calls/index.ts'
import { createReaper } from '../src/calls/index.ts'
import { newUuid } from '../src/platform/ids.ts'
import { startOf, type TestWorkspace, type World, worldStartsAtMs } from './world.ts'

const heading = 'when | what happens | balance | monthly | top-up | other | outcome'

/**
 * Plays a table, row by row, and expects that it comes out as it is written. Each row is a moment, what happens then,
 * and what is there right after it; cells left empty are not looked at.
 *
 * - When: `01-31 12:00:30.5` (month and day of 2026, UTC), `12:00:30` on the same day, or empty: the moment before.
 * - What happens: `A starts`, `A answers`, `A ends`, each with `at WHEN` for a report that comes late; `A beats`, a
 *   heartbeat; `+10 top_up`, `+5 promotional until WHEN`, `-3`; `reaper`; nothing.
 * - The amounts are credits; ones that are no hundredths of a credit are written as `1 ms`.
 * - The outcome is the call's status and what it is charged so far, `refused: REASON`, or `problem: CODE`; of the
 *   reaper, how many calls it closed.
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
    if (when !== '') world.clock.set(instantOf(when, world.clock.now()))
    const outcome = what === 'reaper' ? await reap() : await happen(what)
    const balance = await world.balance(workspace)
    const found = [
      amountText(balance.balanceMs),
      amountText(balance.monthlyRemainingMs),
      amountText(balance.topUpRemainingMs),
      amountText(balance.promotionalRemainingMs),
      outcome,
    ]
    played.push([when, what, ...found.map((cell, index) => (expected[index] ? cell : ''))])
  }
  expect(aligned(played)).toBe(aligned(rows))

  async function reap(): Promise<string> {
    const before = await lostCalls(world, workspace)
    await reaper.runOnce()
    return `${(await lostCalls(world, workspace)) - before} closed`
  }

  async function happen(what: string): Promise<string> {
    if (what === '') return ''
    const [event = '', untilOrAt] = what.split(/ at | until /)
    const atMs = untilOrAt === undefined ? null : instantOf(untilOrAt, world.clock.now())
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
    return outcomeText(await world.engine.submit(commandOf(subject, verb, atMs)))
  }

  function commandOf(name: string, verb: string | undefined, atMs: number | null): CallCommand {
    const callId = callIds.get(name) ?? newUuid(worldStartsAtMs)
    callIds.set(name, callId)
    const { workspaceId } = workspace
    const target = { callId }
    switch (verb) {
      case 'starts':
        return startOf(workspace, { callId, atMs })
      case 'answers':
        return { type: 'answer', workspaceId, target, atMs }
      case 'ends':
        return { type: 'end', workspaceId, target, atMs, reason: null }
      case 'beats':
        return { type: 'heartbeat', workspaceId, target }
      default:
        throw new Error(`The table says "${name} ${verb}", which is nothing that can happen`)
    }
  }
}

async function lostCalls({ database }: World, { workspaceId }: TestWorkspace): Promise<number> {
  const { rowCount } = await database.query(
    `select from calls where workspace_id = $1 and end_source = 'presumed'`,
    [workspaceId],
  )
  return rowCount ?? 0
}

function outcomeText(outcome: CallOutcome): string {
  if (outcome.outcome === 'problem') return `problem: ${outcome.problem.code}`
  const { facts, refusalReason } = outcome.call
  if (facts.refused) return `refused: ${refusalReason}`
  const status = facts.endedAtMs === null ? (facts.answeredAtMs === null ? 'rings' : 'talks') : 'over'
  return `${facts.endSource === 'presumed' ? 'lost' : status} ${amountText(facts.settledMs)}`
}

function amountText(ms: number): string {
  return ms % 600 === 0 ? String(ms / MS_PER_CREDIT) : `${ms} ms`
}

function instantOf(text: string, nowMs: number): number {
  const today = new Date(nowMs).toISOString().slice(5, 10)
  const [day, time] = text.includes('-') ? text.split(' ') : [today, text]
  return Temporal.Instant.from(`2026-${day}T${time ?? '00:00'}Z`).epochMilliseconds
}

/** The rows with their cells padded, so that a difference stands in its column. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = heading
    .split(' | ')
    .map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) => widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | '))
    .join('\n')
}
