import { findLocalDayBounds, localDateOf } from '@talktime/core/time/local-day'
import {
  countDates,
  type DateRange,
  isDate,
  resolveWindowPreset,
  WINDOW_PRESETS,
  type WindowPreset,
} from '@talktime/core/time/usage-window'
import { z } from 'zod'
import { readTimeZone } from '../access/index.ts'
import { agentProblems } from '../agents/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { invalid, Problem } from '../platform/problem.ts'
import { uuidFrom } from '../public-ids.ts'

const presetNames = [...WINDOW_PRESETS, 'custom'] as const

const presetSentence = `"preset" must be one of ${presetNames.join(', ')}.`

const LocalDate = (name: string) =>
  z.string().refine(isDate, `"${name}" must be a local date, such as 2026-11-22.`).optional()

/** Which window, and of which agent. */
export const WindowQuery = z.object({
  preset: z
    .enum(presetNames, presetSentence)
    .optional()
    .meta({ description: 'last_30_days unless told. custom is what "from" and "to" make.' }),
  from: LocalDate('from').meta({ description: 'First local day of the workspace’s time zone; with "to".' }),
  to: LocalDate('to').meta({ description: 'Last local day, included. A call counts on the day it ended.' }),
  agentId: z.string().optional().meta({ description: 'Only this agent’s calls.' }),
})

export type WindowQuery = z.infer<typeof WindowQuery>

/** A window as it is meant in a workspace. */
export type UsageWindow = DateRange & {
  readonly preset: WindowPreset | 'custom'
  readonly timeZone: string
  readonly startsAtMs: number
  readonly endsAtMs: number
  /** UUID of the agent; null: all. */
  readonly agentId: string | null
}

/** A longer window is refused: ten years of days, each of which the answer names. */
const DATES_MAX = 3_660

/**
 * The window that a request asks for, at `nowMs`.
 *
 * @throws Problem invalid_request, agent_not_found, workspace_not_found
 */
export async function resolveWindow(
  db: Queryable,
  workspaceId: string,
  query: WindowQuery,
  nowMs: number,
): Promise<UsageWindow> {
  const preset = presetOf(query)
  const agentId = query.agentId === undefined ? null : await requireAgent(db, workspaceId, query.agentId)
  const timeZone = await readTimeZone(db, workspaceId)
  const today = localDateOf(nowMs, timeZone)
  const firstDay = preset === 'all' ? await firstDayOf(db, workspaceId, timeZone) : null
  const range = preset === 'custom' ? customRange(query) : resolveWindowPreset(preset, today, firstDay)
  const { startsAtMs } = findLocalDayBounds(range.from, timeZone)
  const { endsAtMs } = findLocalDayBounds(range.to, timeZone)
  return { preset, ...range, timeZone, startsAtMs, endsAtMs, agentId }
}

function presetOf({ preset, from, to }: WindowQuery): WindowPreset | 'custom' {
  const dates = from !== undefined || to !== undefined
  if (preset === undefined) return dates ? 'custom' : 'last_30_days'
  if (preset === 'custom' || !dates) return preset
  throw invalid('/preset', 'Give the window either as "preset" or as "from" and "to".')
}

function customRange({ from, to }: WindowQuery): DateRange {
  if (from === undefined) throw invalid('/from', '"from" is missing: it must be the first local day.')
  if (to === undefined) throw invalid('/to', '"to" is missing: it must be the last local day.')
  if (to < from) throw invalid('/to', '"to" must not lie before "from".')
  if (from < '2000-01-01') throw invalid('/from', '"from" must not lie before 2000-01-01.')
  if (countDates({ from, to }) > DATES_MAX) {
    throw invalid(
      '/to',
      `A window has at most ${DATES_MAX.toLocaleString('en-US')} days: "to" must come sooner.`,
    )
  }
  return { from, to }
}

async function requireAgent(db: Queryable, workspaceId: string, id: string): Promise<string> {
  const agentId = uuidFrom('agent', id)
  const { rowCount } = await db.query('select from agents where workspace_id = $1 and id = $2', [
    workspaceId,
    agentId ?? null,
  ])
  if (agentId !== undefined && rowCount === 1) return agentId
  const detail = 'There is no such agent in this workspace.'
  throw new Problem(agentProblems.agent_not_found, detail, { errors: [{ pointer: '/agentId', detail }] })
}

/**
 * The day of the first transaction. A call that was reported late may have ended before the entry that was written
 * first, and one of no length has none.
 */
async function firstDayOf(db: Queryable, workspaceId: string, timeZone: string): Promise<string | null> {
  const { rows } = await db.query<{ atMs: number | null; day: string | null }>(
    `select (select at_ms from ledger_entries where workspace_id = $1 order by seq limit 1) as "atMs",
            (select min(day)::text from usage_days where workspace_id = $1 and time_zone = $2 and calls > 0) as day`,
    [workspaceId, timeZone],
  )
  const { atMs = null, day = null } = rows[0] ?? {}
  const entryDay = atMs === null ? null : localDateOf(atMs, timeZone)
  return [entryDay, day].filter((date) => date !== null).sort()[0] ?? null
}
