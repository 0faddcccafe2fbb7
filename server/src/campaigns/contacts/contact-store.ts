import { intArray, textArray, uuidArray } from '../../platform/database/array-parameters.ts'
import type { Queryable, Tx } from '../../platform/database/database.ts'
import type { CampaignRef } from '../campaign.ts'

export type ContactState = 'waiting' | 'calling' | 'reached' | 'not_reached'

export type ContactRow = {
  readonly id: string
  /** In E.164 format. */
  readonly phone: string
  readonly name: string | null
  readonly details: Readonly<Record<string, string>> | null
  readonly state: ContactState
  /** Dial attempts. */
  readonly attempts: number
  readonly lastOutcome: string | null
  readonly lastAttemptAtMs: number | null
  readonly nextAttemptAtMs: number
  readonly lastCallId: string | null
}

const columns = `id, phone, name, details, state, attempts, last_outcome as "lastOutcome",
  last_attempt_at_ms as "lastAttemptAtMs", next_attempt_at_ms as "nextAttemptAtMs", last_call_id as "lastCallId"`

/** Lists a page of a campaign's contacts, in the order in which they were added. */
export async function listContacts(
  db: Queryable,
  { workspaceId, id }: CampaignRef,
  options: {
    readonly state: ContactState | undefined
    readonly afterId: string | undefined
    readonly limit: number
  },
): Promise<ContactRow[]> {
  const { rows } = await db.query<ContactRow>(
    `select ${columns} from contacts
     where workspace_id = $1 and campaign_id = $2 and ($3::text is null or state = $3)
       and ($4::uuid is null or id > $4)
     order by id limit $5`,
    [workspaceId, id, options.state ?? null, options.afterId ?? null, options.limit],
  )
  return rows
}

/** The most columns of imported files that results include. */
const HEADINGS_MAX = 100

/** Lists the headings of the imported files' other columns, alphabetically, at most 100. */
export async function listDetailHeadings(db: Queryable, { workspaceId, id }: CampaignRef): Promise<string[]> {
  const { rows } = await db.query<{ heading: string }>(
    `select distinct heading from contacts, jsonb_object_keys(details) as heading
     where workspace_id = $1 and campaign_id = $2 order by 1 limit $3`,
    [workspaceId, id, HEADINGS_MAX],
  )
  return rows.map(({ heading }) => heading)
}

/** A contact of an imported file, ready to be inserted. */
export type NewContact = {
  readonly id: string
  /** Its line in the file; the first is 1. */
  readonly line: number
  readonly phone: string
  readonly name: string | null
  readonly details: Readonly<Record<string, string>> | null
  /** All cells of its row, which is rejected if the campaign has the number. */
  readonly cells: readonly string[]
}

/** A rejected row of an imported file. */
export type Rejection = {
  readonly line: number
  readonly reason: string
  /** Its phone number as written. */
  readonly value: string
  /** All its cells, in the order of the file's headings. Null for files from before they were kept. */
  readonly cells: readonly string[] | null
}

/** An imported file, with the first `REJECTIONS_SHOWN_MAX` of its rejections. */
export type ImportRow = {
  readonly id: string
  readonly atMs: number
  readonly rows: number
  readonly added: number
  readonly rejected: number
  readonly rejections: readonly Rejection[]
}

/** Inserts contacts. Returns those that were not inserted, because the campaign already has their number. */
export async function insertContacts(
  tx: Tx,
  { workspaceId, id }: CampaignRef,
  importId: string,
  contacts: readonly NewContact[],
): Promise<NewContact[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'campaigns_insert_contacts',
    text: `
      insert into contacts (workspace_id, campaign_id, id, import_id, line, phone, name, details)
      select $1, $2, v.id, $3, v.line, v.phone, v.name, v.details::jsonb
      from (select unnest($4::uuid[]) as id, unnest($5::int[]) as line, unnest($6::text[]) as phone,
                   unnest($7::text[]) as name, unnest($8::text[]) as details) v
      on conflict (workspace_id, campaign_id, phone) do nothing returning id`,
    values: [
      workspaceId,
      id,
      importId,
      uuidArray(contacts, (c) => c.id),
      intArray(contacts, (c) => c.line),
      textArray(contacts, (c) => c.phone),
      textArray(contacts, (c) => c.name),
      textArray(contacts, (c) => (c.details === null ? null : JSON.stringify(c.details))),
    ],
  })
  if (rows.length === contacts.length) return []
  const added = new Set(rows.map((row) => row.id))
  return contacts.filter((contact) => !added.has(contact.id))
}

/** Inserts the rejected rows of an import. */
export async function insertRejections(
  tx: Tx,
  workspaceId: string,
  importId: string,
  rejections: readonly Rejection[],
): Promise<void> {
  if (rejections.length === 0) return
  await tx.query(
    `insert into contact_rejections (workspace_id, import_id, line, reason, value, cells)
     select $1, $2, v.line, v.reason, v.value, v.cells::jsonb
     from unnest($3::int[], $4::text[], $5::text[], $6::text[]) as v (line, reason, value, cells)`,
    [
      workspaceId,
      importId,
      rejections.map((r) => r.line),
      rejections.map((r) => r.reason),
      rejections.map((r) => r.value),
      rejections.map((r) => r.cells && JSON.stringify(r.cells)),
    ],
  )
}

/** The most rejections that are shown with an import. */
export const REJECTIONS_SHOWN_MAX = 100

/** Lists a page of a campaign's imports, newest first. */
export async function listImports(
  db: Queryable,
  { workspaceId, id }: CampaignRef,
  options: { readonly beforeId: string | undefined; readonly limit: number },
): Promise<ImportRow[]> {
  const { rows } = await db.query<ImportRow>(
    `select i.id, i.at_ms as "atMs", i.row_count as rows, i.added_count as added, i.rejected_count as rejected,
            coalesce((select json_agg(json_build_object('line', r.line, 'reason', r.reason, 'value', r.value) order by r.line)
                      from (select * from contact_rejections where workspace_id = i.workspace_id and import_id = i.id
                            order by line limit $5) r), '[]') as rejections
     from contact_imports i
     where i.workspace_id = $1 and i.campaign_id = $2 and ($3::uuid is null or i.id < $3)
     order by i.id desc limit $4`,
    [workspaceId, id, options.beforeId ?? null, options.limit, REJECTIONS_SHOWN_MAX],
  )
  return rows
}

/** Lists the rejections of an import after a line, by line. */
export async function listRejections(
  db: Queryable,
  workspaceId: string,
  importId: string,
  afterLine: number,
  limit: number,
): Promise<Rejection[]> {
  const { rows } = await db.query<Rejection>(
    `select line, reason, value, cells from contact_rejections
     where workspace_id = $1 and import_id = $2 and line > $3 order by line limit $4`,
    [workspaceId, importId, afterLine, limit],
  )
  return rows
}

/** Inserts an import without rows. `finishImport` writes its counts and headings. */
export async function insertImport(
  tx: Tx,
  { workspaceId, id }: CampaignRef,
  importId: string,
  nowMs: number,
): Promise<void> {
  await tx.query(
    `insert into contact_imports (workspace_id, id, campaign_id, at_ms, row_count, added_count, rejected_count)
     values ($1, $2, $3, $4, 0, 0, 0)`,
    [workspaceId, importId, id, nowMs],
  )
}

/** Writes the counts of an import, and the headings of its file. */
export async function finishImport(
  tx: Tx,
  workspaceId: string,
  { id, rows, added, rejected }: Omit<ImportRow, 'atMs' | 'rejections'>,
  headings: readonly string[],
): Promise<void> {
  await tx.query(
    `update contact_imports set row_count = $3, added_count = $4, rejected_count = $5, headings = $6
     where workspace_id = $1 and id = $2`,
    [workspaceId, id, rows, added, rejected, JSON.stringify(headings)],
  )
}

/** Finds an import of the campaign by its UUID. `headings` is null for files from before they were kept. */
export async function findImport(
  db: Queryable,
  { workspaceId, id }: CampaignRef,
  importId: string,
): Promise<{ readonly headings: readonly string[] | null } | undefined> {
  const { rows } = await db.query<{ headings: readonly string[] | null }>(
    'select headings from contact_imports where workspace_id = $1 and campaign_id = $2 and id = $3',
    [workspaceId, id, importId],
  )
  return rows[0]
}

/** Lists the phone numbers of the workspace's agents. */
export async function listAgentNumbers(db: Queryable, workspaceId: string): Promise<string[]> {
  const { rows } = await db.query<{ number: string }>(
    'select phone_number as number from agents where workspace_id = $1 and phone_number is not null',
    [workspaceId],
  )
  return rows.map(({ number }) => number)
}

/** Waits until no other transaction imports contacts into the campaign. The lock lasts until the end of `tx`. */
export async function lockImports(tx: Tx, { id }: CampaignRef): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`contacts of ${id}`])
}
