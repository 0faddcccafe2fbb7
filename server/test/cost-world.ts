import { computePrice } from '@talktime/core/billing/price'
import { MINUTE_MS } from '@talktime/core/time/durations'
import { parse } from 'csv-parse/sync'
import { savePriceSplits, type WindowCost } from '../src/costs/index.ts'
import { readInSnapshot } from '../src/platform/database/snapshot.ts'
import { createExporter } from '../src/reports/export.ts'
import { readRange } from '../src/reports/range.ts'
import { resolveWindow, type WindowQuery } from '../src/reports/window.ts'
import { answerOf, endOf, openWorld, startOf, type TestWorkspace, type World } from './world.ts'

/** A line of the export, as far as costs are in it. */
export type CostLine = {
  readonly call_id: string
  readonly duration_ms: string
  readonly cost: string
  readonly currency: string
  readonly unpriced_ms: string
}

/** A world in which credit has prices. */
export type CostWorld = World & {
  /** Reads what a window cost, and saves the price splits that were computed for it, as the page of usage does. */
  readCost(workspace: TestWorkspace, query?: WindowQuery): Promise<WindowCost>
  /** Reads the lines of a window's export. */
  readLines(workspace: TestWorkspace, query?: WindowQuery): Promise<CostLine[]>
  /** Makes a call whose conversation lasts `ms` and ends a millisecond after everything before. Returns its ID. */
  talk(workspace: TestWorkspace, ms: number): Promise<string>
  /** Buys credits for `minor` minor units in all, a millisecond after everything before. */
  topUp(workspace: TestWorkspace, credits: number, minor: number, currency?: string): Promise<string>
}

const everything: WindowQuery = { preset: 'all' }

export async function openCostWorld(): Promise<CostWorld> {
  const world = await openWorld()
  const { database, clock } = world
  return {
    ...world,
    async readCost({ workspaceId }, query = everything) {
      const { window, usage } = await readInSnapshot(database, async (tx) => {
        const window = await resolveWindow(tx, workspaceId, query, clock.now())
        return { window, usage: await readRange(tx, workspaceId, window) }
      })
      await savePriceSplits(database, workspaceId, window.timeZone, usage.splits)
      return usage.cost
    },
    async readLines({ workspaceId }, query = everything) {
      const { file } = await createExporter(database).open(workspaceId, query, clock.now())
      const chunks: Buffer[] = []
      for await (const chunk of file) chunks.push(chunk as Buffer)
      return parse(Buffer.concat(chunks).toString(), { columns: true })
    },
    async talk(workspace, ms) {
      clock.advance(1)
      const start = startOf(workspace)
      const answer = answerOf(world, workspace, start.callId, ms)
      await world.ledger.catchUp([workspace.workspaceId])
      await world.engine.submitBatch([start, answer, endOf(world, workspace, start.callId)])
      return start.callId
    },
    topUp(workspace, credits, minor, currency = 'USD') {
      clock.advance(1)
      const amountMs = credits * MINUTE_MS
      return world.grant(workspace, {
        kind: 'top_up',
        amountMs,
        price: computePrice(minor, currency, amountMs),
      })
    },
  }
}
