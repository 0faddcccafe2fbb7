import type { FastifyBaseLogger } from 'fastify'
import type pg from 'pg'
import type { Database, Queryable } from '../platform/database/database.ts'
import { watchIdleConnection } from '../platform/database/idle-connection.ts'
import { UNLIMITED } from '../platform/database/session.ts'

/** A change that makes cached principals wrong. `name` is a key's hash in hex, a session's cache key, or a UUID. */
export type AccessChange = { readonly kind: 'key' | 'session' | 'user' | 'workspace'; readonly name: string }

const CHANNEL = 'talktime_access'
const RETRY_MS = 1_000

/** Announces a change to every server process, this one included, when the transaction commits. */
export async function announceChange(tx: Queryable, change: AccessChange): Promise<void> {
  await tx.query('select pg_notify($1, $2)', [CHANNEL, `${change.kind} ${change.name}`])
}

export type ChangeListener = { close(): Promise<void> }

/**
 * Listens for announced changes on a database connection of its own and reconnects when it breaks.
 *
 * @param options.onState gets `false` when the connection breaks and `true` when it listens (again). Changes are
 *   missed in between
 */
export async function listenForChanges(options: {
  database: Database
  log: FastifyBaseLogger
  onChange: (change: AccessChange) => void
  onState: (isListening: boolean) => void
}): Promise<ChangeListener> {
  const { database, log, onChange, onState } = options
  let closed = false
  let client: pg.Client | undefined
  let retry: NodeJS.Timeout | undefined

  async function connect(): Promise<void> {
    const next = database.createClient(UNLIMITED)
    const onLost = (error?: Error) => {
      if (client !== next) return
      client = undefined
      onState(false)
      if (closed) return
      log.warn({ err: error }, 'Lost the connection that listens for access changes')
      connectLater()
    }
    next.on('error', onLost)
    next.on('end', () => onLost())
    next.on('notification', ({ payload }) => {
      const change = parseChange(payload)
      if (change !== undefined) onChange(change)
    })
    await next.connect()
    await next.query(`listen ${CHANNEL}`)
    watchIdleConnection(next, `listen ${CHANNEL}`)
    if (closed) return next.end()
    client = next
    onState(true)
  }

  function connectLater(): void {
    retry = setTimeout(() => {
      connect().catch(() => {
        if (!closed) connectLater()
      })
    }, RETRY_MS)
  }

  await connect()
  return {
    async close() {
      closed = true
      clearTimeout(retry)
      const last = client
      client = undefined
      await last?.end()
    },
  }
}

function parseChange(payload: string | undefined): AccessChange | undefined {
  const [kind, name] = payload?.split(' ') ?? []
  if (name === undefined) return undefined
  if (kind === 'key' || kind === 'session' || kind === 'user' || kind === 'workspace') return { kind, name }
  return undefined
}
