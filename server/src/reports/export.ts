import { Readable } from 'node:stream'
import type pg from 'pg'
import { requireWorkspace } from '../access/index.ts'
import { readCallCosts } from '../costs/index.ts'
import { readLine } from '../ledger/index.ts'
import { readCopiedBigint, uuidKey } from '../platform/database/copy-binary.ts'
import type { Database, Queryable } from '../platform/database/database.ts'
import { LONG_LIMITS } from '../platform/database/session.ts'
import { invariant, Problem, platformProblems } from '../platform/problem.ts'
import { createSlots } from '../platform/slots.ts'
import { publicId } from '../public-ids.ts'
import { readUsageDays } from '../usage/index.ts'

import { readAgentNames } from './agent-usage-store.ts'
import { createCsvWriter, formatCell } from './csv-writer.ts'
import { EXPORT_HEADER, type LineContext, writeCall } from './export-line.ts'
import { copyCalls, exportField } from './export-store.ts'
import { sumUsage, type UsageTotal } from './usage-total.ts'
import { type ReportWindow, resolveWindow, type WindowQuery } from './window.ts'

/** The calls of a window as a CSV file that is ready to be read. */
export type Export = {
  readonly fileName: string
  /** What the lines of the file add up to. */
  readonly total: UsageTotal
  readonly file: Readable
  /** Ends the query and frees its connection. Call it when nobody reads the file any more. */
  readonly stop: () => void
}

export type Exporter = {
  /**
   * Opens the file of a window's calls. It is read in one snapshot, at the speed of its reader.
   *
   * @throws Problem too_many_requests, and what `resolveWindow` throws
   */
  open(workspaceId: string, query: WindowQuery, nowMs: number): Promise<Export>
}

/**
 * Each export holds a connection to the database for as long as its client takes to download it. One workspace has only a
 * share, so that its slow readers keep nobody else waiting.
 */
const EXPORTS = { max: 8, ownerMax: 3 }

export function createExporter(database: Database): Exporter {
  const slots = createSlots(EXPORTS)
  return {
    async open(workspaceId, query, nowMs) {
      const free = slots.take(workspaceId)
      if (free === undefined) {
        throw new Problem(
          platformProblems.too_many_requests,
          `${EXPORTS.ownerMax} exports of this workspace, or ${EXPORTS.max} in all, are already running. Retry when one of them is done.`,
        )
      }
      const { client, stop } = createStoppableClient(database, free)
      try {
        await client.connect()
        await client.query('begin isolation level repeatable read read only')
        const context = await readContext(client as unknown as Queryable, workspaceId, query, nowMs)
        const file = Readable.from(writeFile(client, workspaceId, context), { objectMode: false })
        file.once('close', stop)
        return {
          fileName: nameFile(context.workspaceName, context.window),
          total: context.total,
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

/** Creates a connection of its own, and a function that closes it once, even in the middle of a query. */
function createStoppableClient(
  database: Database,
  onStop: () => void,
): { client: pg.Client; stop: () => void } {
  const client = database.createClient(LONG_LIMITS)
  let isStopped = false
  const stop = () => {
    if (isStopped) return
    isStopped = true
    onStop()
    client.end().catch(() => {})
  }
  return { client, stop }
}

type ExportContext = LineContext & {
  readonly workspaceName: string
  readonly window: ReportWindow
  readonly total: UsageTotal
}

async function readContext(
  db: Queryable,
  workspaceId: string,
  query: WindowQuery,
  nowMs: number,
): Promise<ExportContext> {
  const window = await resolveWindow(db, workspaceId, query, nowMs)
  const { name: workspaceName } = await requireWorkspace(db, workspaceId)
  const total = sumUsage(await readUsageDays(db, workspaceId, window))
  const costs = await readCallCosts(db, await readLine(db, workspaceId), window)
  const names = await readAgentNames(db, workspaceId)
  const agents = new Map(
    names.map(({ id, name }) => [uuidKey(id), Buffer.from(`${publicId('agent', id)},${formatCell(name)}`)]),
  )
  return { workspaceName, window, total, costs, agents }
}

/** Names the file after the workspace and the window: acme-usage-2026-10-24-to-2026-11-22-America-New_York.csv. */
function nameFile(workspaceName: string, { from, to, timeZone }: ReportWindow): string {
  const prefix = workspaceName
    .normalize('NFKD')
    // An ö becomes an o and its mark. The mark would become a dash.
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40)
  const zone = timeZone.replaceAll(/[^A-Za-z0-9_+-]/g, '-')
  const name = [prefix, 'usage', from, 'to', to, zone].filter((part) => part !== '').join('-')
  return `${name}.csv`
}

/**
 * Writes the file in buffers. The lines are added up meanwhile: if they do not add up to the roll-ups of the same
 * snapshot, this throws before the last buffer, and the download is aborted instead of completed.
 */
async function* writeFile(
  client: pg.Client,
  workspaceId: string,
  context: ExportContext,
): AsyncGenerator<Buffer> {
  const writer = createCsvWriter()
  writer.writePlain(EXPORT_HEADER)
  writer.endLine()
  let calls = 0
  let usedMs = 0
  const copied = copyCalls(client, workspaceId, context.window, (row) => {
    calls += 1
    usedMs += readCopiedBigint(row, exportField.settled)
    writeCall(writer, row, context)
  })
  for await (const _ of copied) yield* writer.takeBuffers(false)
  const { total } = context
  invariant(
    calls === total.calls && usedMs === total.usedMs,
    `An export has ${calls} calls of ${usedMs} ms, the roll-ups have ${total.calls} of ${total.usedMs} ms`,
  )
  yield* writer.takeBuffers(true)
}
