import type { Queryable, Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import type { Alert, NewAlert } from './alert.ts'

const columns = `a.workspace_id as "workspaceId", a.id, a.kind, a.at_ms as "atMs", a.title, a.detail, a.link,
  a.read_at_ms as "readAtMs"`

/**
 * Raises an alert in the transaction in which it became true: once for each crossing, however often it is said.
 * The owners' mail follows by itself; nobody is mailed about a demo.
 *
 * @returns its UUID, for listeners; undefined where it was raised before
 */
export async function raiseAlert(tx: Tx, alert: NewAlert, nowMs: number): Promise<string | undefined> {
  const { workspaceId, kind, key, title, detail, link } = alert
  const { rows } = await tx.query<{ id: string }>(
    `insert into alerts (workspace_id, id, kind, key, at_ms, title, detail, link, next_mail_at_ms)
     select w.id, $2, $3, $4, $5, $6, $7, $8, case when not w.demo then $5::bigint end from workspaces w where w.id = $1
     on conflict (workspace_id, kind, key) do nothing returning id`,
    [workspaceId, newUuid(nowMs), kind, key, nowMs, title, detail, link],
  )
  return rows[0]?.id
}

/** Newest first. */
export async function listAlerts(
  db: Queryable,
  workspaceId: string,
  page: { readonly unreadOnly: boolean; readonly limit: number; readonly beforeId: string | null },
): Promise<Alert[]> {
  const { rows } = await db.query<Alert>(
    `select ${columns} from alerts a
     where a.workspace_id = $1 and ($2::uuid is null or a.id < $2) and (not $3 or a.read_at_ms is null)
     order by a.id desc limit $4`,
    [workspaceId, page.beforeId, page.unreadOnly, page.limit],
  )
  return rows
}

/**
 * Notes that alerts were looked at.
 *
 * @param ids UUIDs; undefined: all there are
 * @returns how many had not been before
 */
export async function markRead(
  tx: Tx,
  workspaceId: string,
  ids: readonly string[] | undefined,
  nowMs: number,
): Promise<number> {
  const { rowCount } = await tx.query(
    `update alerts set read_at_ms = $3
     where workspace_id = $1 and read_at_ms is null and ($2::uuid[] is null or id = any($2))`,
    [workspaceId, ids ?? null, nowMs],
  )
  return rowCount ?? 0
}

/** An alert whose mail this process sends now. */
export type MailTask = Alert & {
  readonly workspaceName: string
  /** When it is tried again unless `recordMailed` comes first; null: this is the last try. */
  readonly nextMailAtMs: number | null
}

/** How long after each try the next one is made. The first is longer than a mail server may take to answer. */
const RETRY_AFTER_MS = [2 * 60_000, 15 * 60_000, 2 * 60 * 60_000, 12 * 60 * 60_000]

/**
 * Takes the alert whose mail is due longest. Whoever takes it has until the next try to send it; should that process
 * end meanwhile, another one sends it, so that a mail may come twice but is not lost.
 */
export async function takeMailTask(db: Queryable, nowMs: number): Promise<MailTask | undefined> {
  const { rows } = await db.query<MailTask>(
    `with due as (
       select workspace_id, id from alerts where next_mail_at_ms <= $1
       order by next_mail_at_ms limit 1 for update skip locked)
     update alerts a set mail_tries = a.mail_tries + 1, next_mail_at_ms = $1 + ($2::bigint[])[a.mail_tries + 1]
     from due, workspaces w
     where a.workspace_id = due.workspace_id and a.id = due.id and w.id = a.workspace_id
     returning ${columns}, w.name as "workspaceName", a.next_mail_at_ms as "nextMailAtMs"`,
    [nowMs, RETRY_AFTER_MS],
  )
  return rows[0]
}

/** @param mailedAtMs null: there is nobody to mail it to */
export async function recordMailed(
  db: Queryable,
  { workspaceId, id }: Pick<Alert, 'workspaceId' | 'id'>,
  mailedAtMs: number | null,
): Promise<void> {
  await db.query(
    'update alerts set mailed_at_ms = $3, next_mail_at_ms = null where workspace_id = $1 and id = $2',
    [workspaceId, id, mailedAtMs],
  )
}
