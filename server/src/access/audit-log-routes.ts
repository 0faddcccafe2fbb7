import type { Readable } from 'node:stream'
import { findLocalDayBounds } from '@talktime/core/time/local-day'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Database } from '../platform/database/database.ts'
import { writeCsv } from '../platform/http/csv.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import { invalid } from '../platform/problem.ts'
import { uuidFrom } from '../public-ids.ts'
import type { Access } from './access.ts'
import { type AuditActorKind, auditActorKinds } from './audit-entry.ts'
import { AUDIT_CSV_COLUMNS, AuditEntryResponse, auditCells, auditEntryResponse } from './audit-log-schemas.ts'
import { type AuditFilter, listAuditEntries } from './audit-log-store.ts'
import { readAllEntries } from './read-audit-log.ts'
import { principalOf, requireRole } from './scope.ts'
import { readTimeZone } from './workspace-store.ts'

const dayOrInstant = 'a local date, such as 2026-11-22, or an instant, such as 2026-11-22T10:00:00Z.'

const filters = {
  actor: z
    .string()
    .optional()
    .meta({ description: `A user’s or key’s id, or one of ${auditActorKinds.join(', ')}.` }),
  action: z
    .string()
    .regex(
      /^[a-z0-9_]{1,50}(\.[a-z0-9_]{1,50})?$/,
      '"action" must be an action, such as key.revoked, or its noun, such as key.',
    )
    .optional()
    .meta({ description: 'An action, or a noun for all actions on it.', example: 'key' }),
  from: z
    .string()
    .optional()
    .meta({ description: `The earliest: ${dayOrInstant}` }),
  to: z
    .string()
    .optional()
    .meta({ description: `The latest, included: ${dayOrInstant}` }),
}

const AuditLogQuery = ListQuery.extend(filters)
const AuditFileQuery = z.object({
  ...filters,
  workspaceId: z.string().optional().meta({
    description: 'Which of your workspaces. For links, which cannot send headers.',
  }),
})

const description =
  'Owners, admins and keys with the scope admin read the log of their workspace. The operator reads that of the workspace that is named, or everything if none is. The log is kept as long as the ledger.'

const schemas = {
  list: {
    tags: ['Audit log'],
    summary: 'Who did what, newest first',
    description,
    querystring: AuditLogQuery,
    response: { 200: listOf(AuditEntryResponse) },
  },
  file: {
    tags: ['Audit log'],
    summary: 'The audit log as a CSV file, newest first',
    description: `${description} before and after are JSON. A text that a spreadsheet would take for a formula starts with an apostrophe.`,
    querystring: AuditFileQuery,
    produces: ['text/csv'],
  },
}

export type AuditLogRouteDeps = { readonly access: Access; readonly database: Database }

/** The routes of the audit log. Nothing changes it: what is done elsewhere adds to it. */
export function auditLogRoutes(deps: AuditLogRouteDeps): Routes {
  const { database } = deps
  return async (server) => {
    const config = { keyScope: 'admin' } as const
    server.get('/v1/audit-log', { config, schema: schemas.list }, async (request) => {
      const reader = await requireReader(deps.access, request)
      const { limit = LIMIT_DEFAULT, cursor, ...query } = request.query
      const filter = await parseFilter(database, reader, query)
      const beforeId = decodeCursor(cursor, ['uuid'])?.[0] ?? null
      const rows = await listAuditEntries(database, filter, { beforeId, limit: limit + 1 })
      return buildPage(
        rows,
        limit,
        ({ id }) => [id],
        (row) => auditEntryResponse(row, reader.isOperator),
      )
    })

    server.get(
      '/v1/audit-log.csv',
      { exposeHeadRoute: false, config, schema: schemas.file },
      async (request, reply) => {
        const { workspaceId, ...query } = request.query
        const reader = await requireReader(deps.access, request, workspaceId)
        const filter = await parseFilter(database, reader, query)
        return reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="audit-log.csv"')
          .send(writeFile(database, filter, reader))
      },
    )
  }
}

/** Who reads the log. `workspaceId` null: the whole of it. */
type Reader = { readonly workspaceId: string | null; readonly isOperator: boolean }

async function requireReader(access: Access, request: FastifyRequest, named?: string): Promise<Reader> {
  const isOperator = principalOf(request).kind === 'operator'
  const isUnnamed = request.headers['talktime-workspace'] === undefined && named === undefined
  if (isOperator && isUnnamed) return { workspaceId: null, isOperator }
  const scope = await access.scopeOf(request, { named })
  requireRole(scope, 'admin')
  return { workspaceId: scope.workspaceId, isOperator }
}

type FilterQuery = Omit<z.infer<typeof AuditFileQuery>, 'workspaceId'>

async function parseFilter(
  database: Database,
  { workspaceId, isOperator }: Reader,
  { actor, action, from, to }: FilterQuery,
): Promise<AuditFilter> {
  const timeZone = workspaceId === null ? 'UTC' : await readTimeZone(database, workspaceId)
  const fromMs = from === undefined ? null : parseTime(from, timeZone, 'from')
  const toMs = to === undefined ? null : parseTime(to, timeZone, 'to')
  if (fromMs !== null && toMs !== null && toMs < fromMs)
    throw invalid('/to', '"to" must not be before "from".')
  return { workspaceId, isOperator, ...parseActor(actor), action: action ?? null, fromMs, toMs }
}

/** Parses a filter's end. A local day begins at its first millisecond and ends at its last. */
function parseTime(text: string, timeZone: string, name: 'from' | 'to'): number {
  const instant = z.iso.datetime({ offset: true }).safeParse(text)
  if (instant.success) return Date.parse(instant.data)
  const day = z.iso.date().safeParse(text)
  if (!day.success) throw invalid(`/${name}`, `"${name}" must be ${dayOrInstant}`)
  const bounds = findLocalDayBounds(day.data, timeZone)
  return name === 'from' ? bounds.startsAtMs : bounds.endsAtMs - 1
}

function parseActor(actor: string | undefined): Pick<AuditFilter, 'actorId' | 'actorKind'> {
  if (actor === undefined) return { actorId: null, actorKind: null }
  const kind = auditActorKinds.find((known): known is AuditActorKind => known === actor)
  if (kind !== undefined) return { actorId: null, actorKind: kind }
  const actorId = uuidFrom('user', actor) ?? uuidFrom('key', actor)
  if (actorId !== undefined) return { actorId, actorKind: null }
  throw invalid(
    '/actor',
    `"actor" must be the id of a user, usr_…, or of a key, key_…, or one of ${auditActorKinds.join(', ')}.`,
  )
}

function writeFile(database: Database, filter: AuditFilter, reader: Reader): Readable {
  return writeCsv(AUDIT_CSV_COLUMNS, readCells(database, filter, reader))
}

async function* readCells(database: Database, filter: AuditFilter, { isOperator }: Reader) {
  for await (const row of readAllEntries(database, filter)) {
    yield auditCells(auditEntryResponse(row, isOperator))
  }
}
