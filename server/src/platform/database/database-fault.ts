/** Why the database could not do what it was asked, when that is neither the caller's fault nor a bug. */
export type DatabaseFault = {
  /** A sentence for the caller. */
  readonly detail: string
  /** PostgreSQL rolled the transaction back in favor of another one. Running it again may well succeed. */
  readonly isLostRace: boolean
  /** The database could not be asked, or its answer did not arrive. What was asked may have been done. */
  readonly isUnreachable: boolean
  /** It was waited for in vain. Whatever is asked next would wait as long. */
  readonly isSilent: boolean
}

const TRY_AGAIN = 'Try again shortly.'
const UNREACHABLE = `The database cannot be reached at the moment. ${TRY_AGAIN}`
const BUSY = `The database took too long. ${TRY_AGAIN}`
const LOST_RACE = `Other requests were changing the same thing. ${TRY_AGAIN}`

/** SQLSTATEs that are faults: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const FAULTS: Readonly<Record<string, string>> = {
  '25006': 'The database accepts no changes at the moment.',
  // A session that waited too long inside a transaction or outside of one.
  '25P03': BUSY,
  '25P04': BUSY,
  '40001': LOST_RACE,
  '40P01': LOST_RACE,
  '53000': `The database has no resources left. ${TRY_AGAIN}`,
  '53100': 'The disk of the database is full.',
  '53200': `The database has no memory left. ${TRY_AGAIN}`,
  '53300': `The database has no connection left. ${TRY_AGAIN}`,
  '55P03': LOST_RACE,
  '57014': BUSY,
  '57P01': UNREACHABLE,
  '57P02': UNREACHABLE,
  '57P03': UNREACHABLE,
  '57P05': UNREACHABLE,
  '58030': 'The disk of the database fails.',
}

const LOST_RACES: ReadonlySet<string> = new Set(['40001', '40P01'])

/** Errors of the socket to PostgreSQL. */
const SOCKET_FAULTS: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** What node-postgres says about a broken connection. These errors have no code. */
const CONNECTION_MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|Client was closed and is not queryable|timeout exceeded when trying to connect|timeout expired|Query read timeout|Cannot use a pool after calling end)/

/** Of those, the ones that come after a wait. */
const TIMEOUT_MESSAGES =
  /^(timeout exceeded when trying to connect|timeout expired|Query read timeout|Connection terminated due to connection timeout)/

/** The link to the database was found dead, or a query on it took too long. What was asked may have been done. */
export class ConnectionLost extends Error {
  override name = 'ConnectionLost'
}

/** Finds out whether an error is a fault of the database. Undefined: it is something else. */
export function findDatabaseFault(error: unknown): DatabaseFault | undefined {
  const detail = findDetail(error)
  if (detail === undefined) return undefined
  const code = readCode(error)
  return {
    detail,
    isLostRace: LOST_RACES.has(code),
    isUnreachable: detail === UNREACHABLE,
    isSilent: code === 'ETIMEDOUT' || isTimeout(error),
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error instanceof ConnectionLost || TIMEOUT_MESSAGES.test(error.message))
}

function findDetail(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (error instanceof ConnectionLost || CONNECTION_MESSAGES.test(error.message)) return UNREACHABLE
  const code = readCode(error)
  return FAULTS[code] ?? (/^08...$/.test(code) || SOCKET_FAULTS.has(code) ? UNREACHABLE : undefined)
}

function readCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
