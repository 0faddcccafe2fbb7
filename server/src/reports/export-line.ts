import { creditsFromMs } from '@talktime/core/billing/credits'
import type { CallCosts } from '../costs/index.ts'
import {
  type CopyRow,
  isCopiedNull,
  readCopiedBigint,
  readCopiedBoolean,
  readCopiedUuidKey,
} from '../platform/database/copy-binary.ts'
import { invariant } from '../platform/problem.ts'
import type { CsvWriter } from './csv-writer.ts'
import { exportField as field } from './export-store.ts'

export const EXPORT_HEADER =
  'call_id,started_at,answered_at,ended_at,time_zone,direction,agent_id,agent_name,from,to,campaign_id,duration_ms,credits,cost,currency,unpriced_ms'

/** What a line needs besides its call. */
export type LineContext = {
  readonly window: { readonly timeZone: string }
  readonly costs: CallCosts
  /** The cells agent_id and agent_name, by the key of the agent's UUID: see `uuidKey`. */
  readonly agents: ReadonlyMap<string, Buffer>
}

/** Writes the line of a call. Calls must come in the order in which they ended: see `CallCosts`. */
export function writeCall(writer: CsvWriter, row: CopyRow, { window, agents, costs }: LineContext): void {
  const settledMs = readCopiedBigint(row, field.settled)
  const endedAtMs = readCopiedBigint(row, field.endedAt)
  const agentKey = readCopiedUuidKey(row, field.agentId)
  const agent = agents.get(agentKey)
  invariant(agent, 'A call has an agent of its workspace')
  writeId(writer, 'call_', row, field.id)
  writer.writeInstant(readCopiedBigint(row, field.authorizedAt))
  writer.writeInstant(readCopiedBigint(row, field.answeredAt))
  writer.writeInstant(endedAtMs)
  writer.writePlain(window.timeZone)
  writeText(writer, row, field.direction)
  writer.writeCells(agent)
  writeText(writer, row, field.from)
  writeText(writer, row, field.to)
  writeId(writer, 'camp_', row, field.campaignId)
  writer.writePlain(String(settledMs))
  writer.writePlain(String(creditsFromMs(settledMs)))
  writer.writePlain(
    costs.formatCells({
      callKey: readCopiedUuidKey(row, field.id),
      agentKey,
      endedAtMs,
      settledMs,
      drawnFromMs: isCopiedNull(row, field.drawnFrom) ? 0 : readCopiedBigint(row, field.drawnFrom),
      hasOneEntry: readCopiedBoolean(row, field.hasOneEntry),
    }),
  )
  writer.endLine()
}

function writeId(writer: CsvWriter, prefix: string, row: CopyRow, at: number): void {
  if (isCopiedNull(row, at)) writer.writePlain('')
  else writer.writeId(prefix, row.bytes, row.offsets[at] ?? 0)
}

function writeText(writer: CsvWriter, row: CopyRow, at: number): void {
  if (isCopiedNull(row, at)) writer.writePlain('')
  else writer.writeText(row.bytes, row.offsets[at] ?? 0, row.lengths[at] ?? 0)
}
