import { Readable } from 'node:stream'
import { creditsFromMs } from '@talktime/core/billing/credits'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { requireWorkspace } from '../access/index.ts'
import { type CallPrices, readCallPrices } from '../costs/call-costs.ts'
import { readLine } from '../ledger/index.ts'
import {
  type CopyRow,
  copiedBigint,
  copiedBoolean,
  copiedUuidKey,
  createCopyReader,
  isCopiedNull,
  uuidKey,
} from '../platform/database/copy-binary.ts'
import type { Database, Queryable } from '../platform/database/database.ts'
import { invariant, Problem, platformProblems } from '../platform/problem.ts'
import { publicId } from '../public-ids.ts'
import { readDays } from '../usage/usage-days.ts'
import { type CsvWriter, cellOf, createCsvWriter } from './csv-writer.ts'
import { sumOf, type Use } from './range.ts'
import { resolveWindow, type UsageWindow, type WindowQuery } from './window.ts'

/** A window's calls as a CSV file that is still to be read. */
export type Export = {
  readonly fileName: string
  readonly window: UsageWindow
  /** What the file adds up to. */
  readonly total: Use
  readonly file: Readable
  /** Ends the query where nobody reads the file any more. */
  readonly stop: () => void
}

export type Exporter = {
  /**
   * Reads the calls of a window in one snapshot, as fast as they are taken and no faster.
   *
   * @throws Problem too_many_requests, and what `resolveWindow` throws
   */
  open(workspaceId: string, query: WindowQuery, nowMs: number): Promise<Export>
}

/** Each holds a connection to the database for as long as its reader takes. */
const EXPORTS_MAX = 4

const header =
  'call_id,started_at,answered_at,ended_at,time_zone,direction,agent_id,agent_name,from,to,campaign_id,duration_ms,credits,cost,currency,unpriced_ms'

export function createExporter(database: Database): Exporter {
  let open = 0
  return {
    async open(workspaceId, query, nowMs) {
      if (open >= EXPORTS_MAX) {
        throw new Problem(
          platformProblems.too_many_requests,
          `${EXPORTS_MAX} exports are under way already. Try again when one is done.`,
        )
      }
      open += 1
      const client = new pg.Client(database.connection)
      // A connection that breaks fails the query that runs on it; between two queries nobody needs to hear of it.
      client.on('error', () => {})
      let stopped = false
      const stop = () => {
        if (stopped) return
        stopped = true
        open -= 1
        // Breaks off a query that is under way.
        client.end().catch(() => {})
      }
      try {
        await client.connect()
        await client.query('begin isolation level repeatable read read only')
        const scene = await readScene(client as unknown as Queryable, workspaceId, query, nowMs)
        const lines = linesOf(client, workspaceId, scene)
        const file = Readable.from(lines, { objectMode: false })
        file.once('close', stop)
        return {
          fileName: fileNameOf(scene.workspaceName, scene.window),
          window: scene.window,
          total: scene.total,
          file,
          stop,
        }
      } catch (error) {
        stop()
        throw error
      }
    },
  }
}

type Scene = {
  readonly workspaceName: string
  readonly window: UsageWindow
  readonly total: Use
  readonly prices: CallPrices
  /** The cells agent_id and agent_name, by the key of the agent’s UUID. */
  readonly agents: ReadonlyMap<string, Buffer>
}

async function readScene(
  db: Queryable,
  workspaceId: string,
  query: WindowQuery,
  nowMs: number,
): Promise<Scene> {
  const window = await resolveWindow(db, workspaceId, query, nowMs)
  const { name: workspaceName } = await requireWorkspace(db, workspaceId)
  const total = sumOf(await readDays(db, workspaceId, window, window))
  const prices = await readCallPrices(db, await readLine(db, workspaceId), window)
  return { workspaceName, window, total, prices, agents: await agentCells(db, workspaceId) }
}

async function agentCells(db: Queryable, workspaceId: string): Promise<Map<string, Buffer>> {
  const { rows } = await db.query<{ id: string; name: string }>(
    'select id, name from agents where workspace_id = $1',
    [workspaceId],
  )
  return new Map(
    rows.map(({ id, name }) => [uuidKey(id), Buffer.from(`${publicId('agent', id)},${cellOf(name)}`)]),
  )
}

/** Its name says whose it is and of which days: acme-usage-2026-10-24-to-2026-11-22-America-New_York.csv */
function fileNameOf(workspaceName: string, { from, to, timeZone }: UsageWindow): string {
  const prefix = workspaceName
    .normalize('NFKD')
    // What is left of an ö is an o: the mark that stood above it would become a dash.
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40)
  const zone = timeZone.replaceAll(/[^A-Za-z0-9_+-]/g, '-')
  const name = [prefix, 'usage', from, 'to', to, zone].filter((part) => part !== '').join('-')
  return `${name}.csv`
}

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

const field = {
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
  inOnePiece: 11,
}

/** COPY takes no parameters: what is put into it are identifiers and numbers of our own. */
function copySql(workspaceId: string, { startsAtMs, endsAtMs, agentId }: UsageWindow): string {
  const ofAgent = agentId === null ? '' : `and agent_id = '${agentId}'`
  return `
    copy (select ${columns.join(', ')} from calls
          where workspace_id = '${workspaceId}' and ended_at_ms >= ${startsAtMs} and ended_at_ms < ${endsAtMs}
            and answered_at_ms is not null ${ofAgent}
          order by ended_at_ms, id) to stdout (format binary)`
}

async function* linesOf(client: pg.Client, workspaceId: string, scene: Scene): AsyncGenerator<Buffer> {
  const writer = createCsvWriter()
  writer.plain(header)
  writer.endLine()
  let calls = 0
  let usedMs = 0
  const read = createCopyReader(columns.length, (row) => {
    calls += 1
    usedMs += copiedBigint(row, field.settled)
    writeCall(writer, row, scene)
  })
  for await (const chunk of client.query(copyTo(copySql(workspaceId, scene.window)))) {
    read(chunk as Buffer)
    yield* writer.take(false)
  }
  const { total } = scene
  invariant(
    calls === total.calls && usedMs === total.usedMs,
    `An export has ${calls} calls of ${usedMs} ms, the roll-ups have ${total.calls} of ${total.usedMs} ms`,
  )
  yield* writer.take(true)
}

function writeCall(writer: CsvWriter, row: CopyRow, { window, agents, prices }: Scene): void {
  const settledMs = copiedBigint(row, field.settled)
  const endedAtMs = copiedBigint(row, field.endedAt)
  const agentKey = copiedUuidKey(row, field.agentId)
  const agent = agents.get(agentKey)
  invariant(agent, 'A call has an agent of its workspace')
  writeId(writer, 'call_', row, field.id)
  writer.instant(copiedBigint(row, field.authorizedAt))
  writer.instant(copiedBigint(row, field.answeredAt))
  writer.instant(endedAtMs)
  writer.plain(window.timeZone)
  writeText(writer, row, field.direction)
  writer.cells(agent)
  writeText(writer, row, field.from)
  writeText(writer, row, field.to)
  writeId(writer, 'camp_', row, field.campaignId)
  writer.plain(String(settledMs))
  writer.plain(String(creditsFromMs(settledMs)))
  writer.plain(
    prices.cellsOf({
      callKey: copiedUuidKey(row, field.id),
      agentKey,
      endedAtMs,
      settledMs,
      drawnFromMs: isCopiedNull(row, field.drawnFrom) ? 0 : copiedBigint(row, field.drawnFrom),
      inOnePiece: copiedBoolean(row, field.inOnePiece),
    }),
  )
  writer.endLine()
}

function writeId(writer: CsvWriter, prefix: string, row: CopyRow, of: number): void {
  if (isCopiedNull(row, of)) writer.plain('')
  else writer.id(prefix, row.bytes, row.offsets[of] ?? 0)
}

function writeText(writer: CsvWriter, row: CopyRow, of: number): void {
  if (isCopiedNull(row, of)) writer.plain('')
  else writer.text(row.bytes, row.offsets[of] ?? 0, row.lengths[of] ?? 0)
}
