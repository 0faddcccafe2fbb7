import { COST_PARTS, createCostMeter } from '@talktime/core/billing/price'
import { listLocalDays } from '@talktime/core/time/local-day'
import type { LineRow } from '../ledger/index.ts'
import { uuidKey } from '../platform/database/copy-binary.ts'
import type { Queryable } from '../platform/database/database.ts'
import { currencyDigits } from '../platform/text-format.ts'
import type { UsageWindow } from '../reports/window.ts'
import type { PricePiece } from './draw-prices.ts'
import { callsInPieces } from './price-change-days.ts'
import { readPrices } from './window-cost.ts'

/** What the calls of a window cost, one after the other, in the order in which they ended. */
export type CallPrices = {
  /** The cells of the columns cost, currency and unpriced_ms. */
  cellsOf(call: PricedCall): string
}

/** A call as the export reads it. Its UUIDs are keys of maps: see `readCopiedUuidKey`. */
export type PricedCall = {
  readonly callKey: string
  readonly agentKey: string
  readonly endedAtMs: number
  readonly settledMs: number
  readonly drawnFromMs: number
  /** Whether it was charged in one entry: then its draws are one stretch. */
  readonly inOnePiece: boolean
}

type Stretch = { readonly fromMs: number; readonly toMs: number }

/** Of a row of the roll-ups: the number of the piece in which all of it was drawn; −1: it lies in several. */
const MIXED = -1

/** Read it in one snapshot with the line. */
export async function readCallPrices(db: Queryable, line: LineRow, window: UsageWindow): Promise<CallPrices> {
  const { pieces, starts } = await readPrices(db, line, window)
  const days = listLocalDays(window.from, window.to, window.timeZone)
  const rows = await placesOf(db, line, window, starts)
  const stretches = await stretchesOfMixed(db, line, window, rows)
  const meters = metersOf(pieces)
  let today = 0
  let lastPiece = 0

  function rowOf({ endedAtMs, agentKey }: PricedCall): number {
    while (endedAtMs >= (days[today]?.endsAtMs ?? Number.POSITIVE_INFINITY)) today += 1
    return rows.get(days[today]?.date ?? '')?.get(agentKey) ?? MIXED
  }

  /** Calls come nearly in the order of their draws: the piece is that of the last one, or near it. */
  function pieceAt(drawnMs: number): number {
    while (lastPiece > 0 && drawnMs < (starts[lastPiece] ?? 0)) lastPiece -= 1
    while (drawnMs >= (starts[lastPiece + 1] ?? Number.POSITIVE_INFINITY)) lastPiece += 1
    return lastPiece
  }

  function costOf(stretch: Stretch, sum: Sum): void {
    let fromMs = stretch.fromMs
    for (let piece = pieceAt(fromMs); fromMs < stretch.toMs; piece += 1) {
      const untilMs = Math.min(stretch.toMs, pieces[piece]?.toMs ?? stretch.toMs)
      meters[piece]?.(untilMs - fromMs, sum)
      fromMs = untilMs
    }
  }

  return {
    cellsOf(call) {
      if (call.settledMs === 0) return '0,,0'
      const sum = emptySum()
      const piece = rowOf(call)
      if (piece !== MIXED) meters[piece]?.(call.settledMs, sum)
      else if (call.inOnePiece) {
        costOf({ fromMs: call.drawnFromMs, toMs: call.drawnFromMs + call.settledMs }, sum)
      } else {
        for (const stretch of stretches.get(call.callKey) ?? []) costOf(stretch, sum)
      }
      return cellsOf(sum)
    },
  }
}

async function placesOf(
  db: Queryable,
  line: LineRow,
  window: UsageWindow,
  starts: readonly number[],
): Promise<Map<string, Map<string, number>>> {
  const { rows } = await db.query<{ day: string; agentId: string; piece: number }>(
    `select day::text, agent_id as "agentId", case when first = last then first - 1 else -1 end as piece
     from (select day, agent_id, width_bucket(drawn_from_ms, $6::bigint[]) as first,
                  width_bucket(drawn_to_ms - 1, $6::bigint[]) as last
           from usage_days
           where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and ($5::uuid is null or agent_id = $5)
             and drawn_from_ms is not null) as placed`,
    [line.workspaceId, window.timeZone, window.from, window.to, window.agentId, starts],
  )
  const places = new Map<string, Map<string, number>>()
  for (const { day, agentId, piece } of rows) {
    const ofDay = places.get(day) ?? new Map<string, number>()
    places.set(day, ofDay.set(uuidKey(agentId), piece))
  }
  return places
}

/** Of the calls in mixed rows that were charged in several entries: what they were charged in the end. */
async function stretchesOfMixed(
  db: Queryable,
  line: LineRow,
  window: UsageWindow,
  rows: ReadonlyMap<string, ReadonlyMap<string, number>>,
): Promise<Map<string, readonly Stretch[]>> {
  const found = new Map<string, readonly Stretch[]>()
  for (const { date, startsAtMs, endsAtMs } of listLocalDays(window.from, window.to, window.timeZone)) {
    const agentIds = [...(rows.get(date) ?? [])]
      .filter(([, piece]) => piece === MIXED)
      .map(([key]) => uuidOf(key))
    if (agentIds.length === 0) continue
    for (const call of await callsInPieces(db, line, { startsAtMs, endsAtMs, agentIds })) {
      found.set(uuidKey(call.callId), call.pieces)
    }
  }
  return found
}

function uuidOf(key: string): string {
  return Buffer.from(key, 'latin1').toString('hex')
}

/** What one call cost so far: parts of minor units by currency, and what has no price. */
type Sum = { parts: number; currency: string; others: Map<string, number> | undefined; unpricedMs: number }

function emptySum(): Sum {
  return { parts: 0, currency: '', others: undefined, unpricedMs: 0 }
}

/** For each piece what adds its cost to a call’s. Pieces of one price share a meter, so that they add up together. */
function metersOf(pieces: readonly PricePiece[]): ((ms: number, sum: Sum) => void)[] {
  const shared = new Map<string, (ms: number) => number>()
  return pieces.map(({ price }) => {
    if (typeof price === 'string') {
      return (ms, sum) => {
        sum.unpricedMs += ms
      }
    }
    if (price.minor === 0) return () => {}
    const name = JSON.stringify(price)
    const meter = shared.get(name) ?? createCostMeter(price)
    shared.set(name, meter)
    const { currency } = price
    return (ms, sum) => addCost(sum, currency, meter(ms))
  })
}

function addCost(sum: Sum, currency: string, parts: number): void {
  if (sum.currency === '' || sum.currency === currency) {
    sum.currency = currency
    sum.parts += parts
    return
  }
  sum.others ??= new Map()
  sum.others.set(currency, (sum.others.get(currency) ?? 0) + parts)
}

/** A call that was paid in two currencies, as the operator changed from one to another, has both, with a space between. */
function cellsOf({ parts, currency, others, unpricedMs }: Sum): string {
  if (currency === '') return unpricedMs > 0 ? `,,${unpricedMs}` : '0,,0'
  const costs = [decimalOf(parts, currency)]
  const currencies = [currency]
  for (const [other, otherParts] of others ?? []) {
    costs.push(decimalOf(otherParts, other))
    currencies.push(other)
  }
  return `${costs.join(' ')},${currencies.join(' ')},${unpricedMs}`
}

const decimalsOfCurrency = new Map<string, number>()

/** Parts of minor units in the currency’s own unit, exactly: 0.158333 */
function decimalOf(parts: number, currency: string): string {
  let decimals = decimalsOfCurrency.get(currency)
  if (decimals === undefined) {
    decimals = currencyDigits(currency) + Math.log10(COST_PARTS)
    decimalsOfCurrency.set(currency, decimals)
  }
  const text = String(parts).padStart(decimals + 1, '0')
  return `${text.slice(0, -decimals)}.${text.slice(-decimals)}`
}
