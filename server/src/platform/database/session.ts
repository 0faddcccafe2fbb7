import { MINUTE_MS } from '@talktime/core/time/durations'
import type pg from 'pg'

/** What a session may take, in milliseconds. PostgreSQL holds it to that. */
export type SessionLimits = {
  /** A statement that takes longer is canceled. 0: no limit. */
  readonly statementMsMax: number
  /** A transaction that waits this long for its next statement is rolled back, so that it lets go of its locks. */
  readonly idleInTransactionMsMax: number
  /** A session without a transaction ends after this long without a statement. 0: never. */
  readonly idleMsMax: number
}

/** Sessions of the pool. The pool itself closes a connection that nobody has used for ten seconds. */
export const POOL_LIMITS: SessionLimits = {
  statementMsMax: 30_000,
  idleInTransactionMsMax: 10_000,
  idleMsMax: MINUTE_MS,
}

/**
 * Sessions of pipelines, on which calls wait. They hold locks of many workspaces, so a session whose server has vanished
 * lets go of them soon.
 */
export const PIPELINE_LIMITS: SessionLimits = {
  statementMsMax: 8_000,
  idleInTransactionMsMax: 5_000,
  idleMsMax: 0,
}

/** Sessions for what reads or writes a lot: exports, recounts, `verify`. */
export const LONG_LIMITS: SessionLimits = {
  statementMsMax: 60 * MINUTE_MS,
  idleInTransactionMsMax: 10 * MINUTE_MS,
  idleMsMax: 0,
}

/** Sessions that wait for as long as they must: migrations, listeners and locks held for the life of a process. */
export const UNLIMITED: SessionLimits = { statementMsMax: 0, idleInTransactionMsMax: 0, idleMsMax: 0 }

/** How long a connection may take to be opened, or to become free in a pool. */
export const CONNECT_MS_MAX = 3_000

/**
 * What this program relies on. A database or a role may have other defaults (`alter database … set datestyle = …`), which
 * would change what texts mean, or which transactions fail.
 */
const PINNED: Readonly<Record<string, string>> = {
  client_encoding: 'UTF8',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  lock_timeout: '0',
}

/** PostgreSQL's side of a connection whose other end has vanished notices that after 25 seconds. */
const KEEP_ALIVE: Readonly<Record<string, string>> = {
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
}

/** This side's keep-alive. Node.js sends ten probes, one a second, once a connection was silent for this long. */
const KEEP_ALIVE_MS = 10_000

/**
 * The settings of a connection, with the session's own settings pinned and its limits set. They travel with the first
 * message of the connection, so they cost no round trip, and they win over the defaults of the database and the role.
 */
export function withSession(connection: pg.ClientConfig, limits: SessionLimits): pg.ClientConfig {
  const { address, options } = separateOptions(connection)
  const settings = {
    ...PINNED,
    ...KEEP_ALIVE,
    statement_timeout: String(limits.statementMsMax),
    idle_in_transaction_session_timeout: String(limits.idleInTransactionMsMax),
    idle_session_timeout: String(limits.idleMsMax),
  }
  const pinned = Object.entries(settings).map(([name, value]) => `-c ${name}=${escapeOption(value)}`)
  return {
    ...address,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    // PostgreSQL takes the last of several values.
    options: [options, ...pinned].filter(Boolean).join(' '),
  }
}

/** Takes the operator's own options out of a connection string, where they would replace ours. */
function separateOptions(connection: pg.ClientConfig): { address: pg.ClientConfig; options: string } {
  const { connectionString, options = '' } = connection
  if (connectionString === undefined || !URL.canParse(connectionString))
    return { address: connection, options }
  const url = new URL(connectionString)
  const named = url.searchParams.get('options')
  if (named === null) return { address: connection, options }
  url.searchParams.delete('options')
  return { address: { ...connection, connectionString: url.href }, options: `${options} ${named}`.trim() }
}

/** Escapes what separates options from each other. */
const escapeOption = (value: string) => value.replaceAll(/[\\ ]/g, '\\$&')
