import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from '../log.ts'
import type { ClockSample } from '../server-clock.ts'
import type { Database } from './database.ts'
import { ConnectionLost } from './database-fault.ts'
import { UNLIMITED, withSession } from './session.ts'

/** Asks the database twice a second whether it is there, and what time it has. */
export type Pulse = {
  /** Resolves when the database has answered `beats` more times. */
  beaten(beats: number): Promise<void>
  close(): Promise<void>
}

export type PulseDeps = {
  readonly database: Pick<Database, 'connection' | 'link'>
  readonly log: Logger
  /** Gets the database's time with each answer. */
  readonly onSample?: ((sample: ClockSample) => void) | undefined
  readonly timing?: Partial<PulseTiming> | undefined
}

export type PulseTiming = {
  /** From an answer to the next question. */
  readonly beatMs: number
  /** How long a question waits for its answer, or for its connection. Then it is asked again on another one. */
  readonly answerMsMax: number
  /** The database is down when nothing was answered for this long. */
  readonly deadMs: number
}

const TIMING: PulseTiming = { beatMs: 500, answerMsMax: 1_500, deadMs: 3_000 }

/**
 * Starts the pulse of a link. When nothing is answered for `deadMs`, the link goes down, which fails everything that waits
 * for the database; with the next answer it is restored. A database that refuses connections needs no pulse: that is an
 * answer, and everybody gets it at once.
 */
export function startPulse({ database, log, onSample, timing }: PulseDeps): Pulse {
  const { beatMs, answerMsMax, deadMs } = { ...TIMING, ...timing }
  const { link } = database
  const closing = new AbortController()
  let client: pg.Client | undefined
  let answeredAtMs = performance.now()
  let waiting: { beats: number; resolve: () => void }[] = []
  const judging = judgeRegularly(deadMs, (ownDelayMs) => {
    answeredAtMs += ownDelayMs
    const silentMs = performance.now() - answeredAtMs
    if (link.isDown || silentMs < deadMs) return
    log.error({ silentMs: Math.round(silentMs) }, 'The database does not answer; requests get status 503')
    link.takeDown()
  })

  /** The pulse has its own way to the database: it must get through while the link is down. */
  async function connect(): Promise<pg.Client> {
    const next = new pg.Client({
      ...withSession(database.connection, UNLIMITED),
      connectionTimeoutMillis: answerMsMax,
      query_timeout: answerMsMax,
    })
    client = next
    next.on('error', () => {})
    await next.connect()
    return next
  }

  async function beat(): Promise<void> {
    const asked = client ?? (await connect())
    const sentMs = performance.now()
    const { rows } = await asked.query<{ ms: number }>(TIME_QUERY)
    const receivedMs = performance.now()
    answeredAtMs = receivedMs
    if (link.isDown) {
      log.info('The database answers again')
      link.restore()
    }
    onSample?.({ sentMs, receivedMs, databaseMs: rows[0]?.ms ?? Number.NaN })
    for (const one of waiting) one.beats -= 1
    for (const one of waiting.filter(({ beats }) => beats <= 0)) one.resolve()
    waiting = waiting.filter(({ beats }) => beats > 0)
  }

  function dropClient(): void {
    if (client) end(client)
    client = undefined
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      await beat().catch(dropClient)
      const soon = waiting.length > 0 && client !== undefined
      await pause(soon ? 0 : beatMs, undefined, { signal: closing.signal }).catch(() => {})
    }
  }

  const running = run()
  return {
    beaten: (beats) => new Promise((resolve) => waiting.push({ beats, resolve })),
    async close() {
      closing.abort()
      judging.stop()
      dropClient()
      await running
    },
  }
}

const TIME_QUERY = {
  name: 'pulse_time',
  text: 'select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms',
}

/** Ends a connection without a word to the other side, which may not listen. */
function end(client: pg.Client): void {
  const { connection } = client as pg.Client & { readonly connection: pg.Connection }
  client.end().catch(() => {})
  connection.stream.destroy(new ConnectionLost('The pulse of the database has ended'))
}

/**
 * Calls `judge` several times within `deadMs`.
 *
 * @param judge gets how long this process itself stood still: answers may have arrived that it has not read yet
 */
function judgeRegularly(deadMs: number, judge: (ownDelayMs: number) => void): { stop(): void } {
  const everyMs = deadMs / 30
  let expectedMs = performance.now() + everyMs
  const timer = setInterval(() => {
    const nowMs = performance.now()
    judge(Math.max(0, nowMs - expectedMs))
    expectedMs = nowMs + everyMs
  }, everyMs)
  return { stop: () => clearInterval(timer) }
}
