import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { type CopyRow, createCopyReader } from '../platform/database/copy-binary.ts'
import type { ReportWindow } from './window.ts'

/** The columns of an exported call, in the order of {@link exportField}. */
const columns = [
  'id',
  'authorized_at_ms',
  'answered_at_ms',
  'ended_at_ms',
  'direction',
  'agent_id',
  'from_number',
  'to_number',
  'campaign_id',
  'settled_ms',
  'drawn_from_ms',
  'cardinality(entry_seqs) = 1',
] as const

/** Where each field of an exported call stands in its row. */
export const exportField = {
  id: 0,
  authorizedAt: 1,
  answeredAt: 2,
  endedAt: 3,
  direction: 4,
  agentId: 5,
  from: 6,
  to: 7,
  campaignId: 8,
  settled: 9,
  drawnFrom: 10,
  hasOneEntry: 11,
} as const

/** COPY takes no parameters. What is put into its text are UUIDs and numbers of our own. */
function copySql(workspaceId: string, { startsAtMs, endsAtMs, agentId }: ReportWindow): string {
  const ofAgent = agentId === null ? '' : `and agent_id = '${agentId}'`
  return `
    copy (select ${columns.join(', ')} from calls
          where workspace_id = '${workspaceId}' and ended_at_ms >= ${startsAtMs} and ended_at_ms < ${endsAtMs}
            and answered_at_ms is not null ${ofAgent}
          order by ended_at_ms, id) to stdout (format binary)`
}

/**
 * Copies the calls of a window out of the database, in the order in which they ended. Yields after each chunk of bytes
 * from PostgreSQL, and asks for the next when the caller does.
 *
 * @param onRow gets each call; its bytes are valid until it returns
 */
export async function* copyCalls(
  client: pg.Client,
  workspaceId: string,
  window: ReportWindow,
  onRow: (row: CopyRow) => void,
): AsyncGenerator<void> {
  const read = createCopyReader(columns.length, onRow)
  for await (const chunk of client.query(copyTo(copySql(workspaceId, window)))) {
    read(chunk as Buffer)
    yield
  }
}
