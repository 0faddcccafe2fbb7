import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from '../log.ts'
import type { ClockSample } from '../server-clock.ts'
import type { Database } from './database.ts'
import { TIME_QUERY } from './database-clock.ts'
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

/** A database that answers on a new connection this quickly was not too busy to answer on the old one. */
const QUICK_MS_MAX = 500

/**
 * Starts the pulse of a link. When nothing is answered for `deadMs`, the link goes down, which fails everything that waits
 * for the database; with the next answer it is restored. When a question got no answer and a new connection is quick, the
 * network has forgotten the old connections, as a firewall does that restarts: then all of them are broken and replaced. A
 * database that refuses connections needs no pulse: that is an answer, and everybody gets it at once.
 */
export function startPulse({ database, log, onSample, timing }: PulseDeps): Pulse {
  const { beatMs, answerMsMax, deadMs } = { ...TIMING, ...timing }
  const { link } = database
  const questioner = createQuestioner(database.connection, answerMsMax)
  const closing = new AbortController()
  let answeredAtMs = performance.now()
  let waiting: { beats: number; resolve: () => void }[] = []
  const judging = judgeRegularly(deadMs, (ownDelayMs) => {
    answeredAtMs += ownDelayMs
    const silentMs = performance.now() - answeredAtMs
    if (link.isDown || silentMs < deadMs) return
    log.error({ silentMs: Math.round(silentMs) }, 'The database does not answer; requests get status 503')
    link.takeDown()
  })

  async function beat(): Promise<void> {
    const { sample, isForgotten } = await questioner.ask()
    answeredAtMs = sample.receivedMs
    if (link.isDown) {
      log.info('The database answers again')
      link.restore()
    } else if (isForgotten) {
      log.warn('The network has lost the connections to the database; others are opened')
      link.breakConnections()
    }
    onSample?.(sample)
    for (const one of waiting) one.beats -= 1
    for (const one of waiting.filter(({ beats }) => beats <= 0)) one.resolve()
    waiting = waiting.filter(({ beats }) => beats > 0)
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      const hasAnswered = await beat().then(
        () => true,
        () => false,
      )
      const isAwaited = hasAnswered && waiting.length > 0
      await pause(isAwaited ? 0 : beatMs, undefined, { signal: closing.signal }).catch(() => {})
    }
  }

  const running = run()
  return {
    beaten: (beats) => new Promise((resolve) => waiting.push({ beats, resolve })),
    async close() {
      closing.abort()
      judging.stop()
      questioner.drop()
      await running
    },
  }
}

type Questioner = {
  /**
   * Asks the database for its time. `isForgotten`: the last question got no answer although this one got its quickly, on
   * a new connection.
   */
  ask(): Promise<{ readonly sample: ClockSample; readonly isForgotten: boolean }>
  /** Drops the connection. The next question opens another. */
  drop(): void
}

/** Creates what asks. It has its own way to the database: it must get through while the link is down. */
function createQuestioner(connection: pg.ClientConfig, answerMsMax: number): Questioner {
  let client: pg.Client | undefined
  /** Whether the last question got no answer on a connection that was open. */
  let isUnanswered = false

  async function connect(): Promise<pg.Client> {
    const next = new pg.Client({ ...withSession(connection, UNLIMITED), connectionTimeoutMillis: 0 })
    client = next
    next.on('error', () => {})
    await next.connect()
    return next
  }

  function drop(): void {
    if (client) end(client)
    client = undefined
  }

  return {
    drop,
    async ask() {
      const wasUnanswered = isUnanswered
      const startedMs = performance.now()
      try {
        const asked = client ?? (await within(answerMsMax, connect()))
        isUnanswered = true
        const sentMs = performance.now()
        const { rows } = await within(answerMsMax, asked.query<{ ms: number }>(TIME_QUERY))
        isUnanswered = false
        const receivedMs = performance.now()
        const isForgotten = wasUnanswered && receivedMs - startedMs < QUICK_MS_MAX
        return { sample: { sentMs, receivedMs, databaseMs: rows[0]?.ms ?? Number.NaN }, isForgotten }
      } catch (error) {
        // A refusal is an answer.
        if (!(error instanceof Unanswered)) isUnanswered = false
        drop()
        throw error
      }
    },
  }
}

class Unanswered extends Error {
  override name = 'Unanswered'
}

const TICK_MS = 50

/**
 * Waits for `work`. Time in which this process itself stood still does not count: on a busy machine, an answer may have
 * arrived long before it can be read.
 *
 * @throws Unanswered after `msMax`
 */
async function within<T>(msMax: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    let ticks = 0
    // However late a tick is, it comes once, and before the next one everything that has arrived is read.
    timer = setInterval(() => {
      ticks += 1
      if (ticks * TICK_MS >= msMax) reject(new Unanswered('The database did not answer in time'))
    }, TICK_MS)
  })
  return Promise.race([work, late]).finally(() => clearInterval(timer))
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
