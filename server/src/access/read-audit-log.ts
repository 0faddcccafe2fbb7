import type { Queryable } from '../platform/database/database.ts'
import { type AuditEntryResponse, auditEntryResponse } from './audit-log-schemas.ts'
import { type AuditFilter, type AuditRow, listAuditEntries } from './audit-log-store.ts'

const PAGE_ROWS = 500

/** Reads all entries that a filter lets through, newest first, page by page. No connection is held between two pages. */
export async function* readAllEntries(db: Queryable, filter: AuditFilter): AsyncGenerator<AuditRow> {
  let beforeId: string | null = null
  for (;;) {
    const rows: AuditRow[] = await listAuditEntries(db, filter, { beforeId, limit: PAGE_ROWS })
    yield* rows
    if (rows.length < PAGE_ROWS) return
    beforeId = rows.at(-1)?.id ?? null
  }
}

/** Reads the log of a workspace, or all of it, as the operator sees it. */
export async function* readAuditLog(
  db: Queryable,
  workspaceId: string | null,
): AsyncGenerator<AuditEntryResponse> {
  const all = { actorId: null, actorKind: null, action: null, fromMs: null, toMs: null }
  for await (const row of readAllEntries(db, { ...all, workspaceId, isOperator: true })) {
    yield auditEntryResponse(row, true)
  }
}
