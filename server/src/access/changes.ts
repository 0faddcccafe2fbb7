import type { FastifyBaseLogger } from 'fastify'
import pg from 'pg'
import type { Queryable } from '../platform/database/database.ts'

/** What changed about access: names of cached principals that are no longer true. */
export type AccessChange = { readonly kind: 'key' | 'session' | 'user' | 'workspace'; readonly name: string }

const channel = 'talktime_access'
const retryMs = 1_000

/** Tells every server process, this one too, once the transaction commits. */
export async function announceChange(tx: Queryable, change: AccessChange): Promise<void> {
  await tx.query('select pg_notify($1, $2)', [channel, `${change.kind} ${change.name}`])
}

export type ChangeListener = { close(): Promise<void> }

/**
 * Hears what {@link announceChange} tells, on a connection of its own. `onState` says whether changes are heard:
 * after a broken connection, not until there is another.
 */
export async function listenForChanges(options: {
  connection: pg.ClientConfig
  log: FastifyBaseLogger
  onChange: (change: AccessChange) => void
  onState: (heard: boolean) => void
}): Promise<ChangeListener> {
  const { connection, log, onChange, onState } = options
  let closed = false
  let client: pg.Client | undefined
  let retry: NodeJS.Timeout | undefined

  async function connect(): Promise<void> {
    const next = new pg.Client({ ...connection, keepAlive: true })
    const lost = (error?: Error) => {
      if (client !== next) return
      client = undefined
      onState(false)
      if (closed) return
      log.warn({ err: error }, 'Lost the connection on which changes of access are heard')
      connectLater()
    }
    next.on('error', lost)
    next.on('end', () => lost())
    next.on('notification', ({ payload }) => {
      const change = changeFrom(payload)
      if (change !== undefined) onChange(change)
    })
    await next.connect()
    await next.query(`listen ${channel}`)
    if (closed) return next.end()
    client = next
    onState(true)
  }

  function connectLater(): void {
    retry = setTimeout(() => {
      connect().catch(() => {
        if (!closed) connectLater()
      })
    }, retryMs)
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

function changeFrom(payload: string | undefined): AccessChange | undefined {
  const [kind, name] = payload?.split(' ') ?? []
  if (name === undefined) return undefined
  if (kind === 'key' || kind === 'session' || kind === 'user' || kind === 'workspace') return { kind, name }
  return undefined
}
