import { findLocalDayBounds, localDateOf } from '@talktime/core/time/local-day'
import {
  countDates,
  type DateRange,
  resolveWindowPreset,
  WINDOW_PRESETS,
  type WindowPreset,
} from '@talktime/core/time/usage-window'
import { z } from 'zod'
import { readTimeZone } from '../access/index.ts'
import { agentProblems } from '../agents/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { LocalDate } from '../platform/http/local-date.ts'
import { invalid, Problem } from '../platform/problem.ts'
import { uuidFrom } from '../public-ids.ts'
import type { UsageWindow } from '../usage/index.ts'

import { hasAgent, readFirstDay } from './window-store.ts'

const presetNames = [...WINDOW_PRESETS, 'custom'] as const

const presetSentence = `"preset" must be one of ${presetNames.join(', ')}.`

/** The query parameters that choose a window, and an agent. */
export const WindowQuery = z.object({
  preset: z
    .enum(presetNames, presetSentence)
    .optional()
    .meta({ description: 'Default: last_30_days. custom is the window of "from" and "to".' }),
  from: LocalDate('from').meta({ description: 'First local day of the workspace’s time zone; with "to".' }),
  to: LocalDate('to').meta({ description: 'Last local day, included. A call counts on the day it ended.' }),
  agentId: z.string().optional().meta({ description: 'Only this agent’s calls.' }),
})

export type WindowQuery = z.infer<typeof WindowQuery>

/** A window that was asked for, resolved in the workspace's time zone. */
export type ReportWindow = UsageWindow & {
  readonly preset: WindowPreset | 'custom'
  readonly startsAtMs: number
  /** Not included: the end of the last day. */
  readonly endsAtMs: number
}

/** The most days of a window: ten years. The response lists each of them. */
const DATES_MAX = 3_660

/**
 * Resolves the window of a request at `nowMs`.
 *
 * @throws Problem invalid_request, agent_not_found, workspace_not_found
 */
export async function resolveWindow(
  db: Queryable,
  workspaceId: string,
  query: WindowQuery,
  nowMs: number,
): Promise<ReportWindow> {
  const preset = choosePreset(query)
  const agentId = query.agentId === undefined ? null : await requireAgent(db, workspaceId, query.agentId)
  const timeZone = await readTimeZone(db, workspaceId)
  const today = localDateOf(nowMs, timeZone)
  const firstDay = preset === 'all' ? await readFirstDay(db, workspaceId, timeZone) : null
  const range = preset === 'custom' ? requireDates(query) : resolveWindowPreset(preset, today, firstDay)
  const { startsAtMs } = findLocalDayBounds(range.from, timeZone)
  const { endsAtMs } = findLocalDayBounds(range.to, timeZone)
  return { preset, ...range, timeZone, startsAtMs, endsAtMs, agentId }
}

function choosePreset({ preset, from, to }: WindowQuery): WindowPreset | 'custom' {
  const hasDates = from !== undefined || to !== undefined
  if (preset === undefined) return hasDates ? 'custom' : 'last_30_days'
  if (preset === 'custom' || !hasDates) return preset
  throw invalid('/preset', 'Give the window either as "preset" or as "from" and "to".')
}

function requireDates({ from, to }: WindowQuery): DateRange {
  if (from === undefined) throw invalid('/from', '"from" is missing: it must be the first local day.')
  if (to === undefined) throw invalid('/to', '"to" is missing: it must be the last local day.')
  if (to < from) throw invalid('/to', '"to" must not be before "from".')
  if (from < '2000-01-01') throw invalid('/from', '"from" must not be before 2000-01-01.')
  if (countDates({ from, to }) > DATES_MAX) {
    const daysMax = DATES_MAX.toLocaleString('en-US')
    throw invalid('/to', `A window has at most ${daysMax} days: choose an earlier "to".`)
  }
  return { from, to }
}

async function requireAgent(db: Queryable, workspaceId: string, id: string): Promise<string> {
  const agentId = uuidFrom('agent', id)
  if (agentId !== undefined && (await hasAgent(db, workspaceId, agentId))) return agentId
  const detail = 'There is no such agent in this workspace.'
  throw new Problem(agentProblems.agent_not_found, detail, { errors: [{ pointer: '/agentId', detail }] })
}
