import { createHash } from 'node:crypto'
import { pipeline, Readable, Transform } from 'node:stream'
import { stringify } from 'csv-stringify'
import { z } from 'zod'
import { requireRole } from '../access/index.ts'
import { lockAccounts, noteChange, writeAccounts } from '../ledger/index.ts'
import { instantOrNull } from '../platform/http/amount.ts'
import { formulaSafe } from '../platform/http/csv.ts'
import type { Routes } from '../platform/http/http-server.ts'
import {
  type IdempotencyRef,
  idempotencyName,
  insertIdempotencyRecords,
  loadIdempotencyRecords,
  lockIdempotencyKeys,
  requireSameRequest,
} from '../platform/http/idempotency-records.ts'
import { decodeCursor, ListQuery, limitDefault, listOf, page } from '../platform/http/lists.ts'
import { publicId, uuidFrom } from '../platform/ids.ts'
import { invariant, Problem } from '../platform/problem.ts'
import type { CampaignRef } from './campaign.ts'
import { type ContactRow, type ImportRow, listContacts, listImports, rejectionsAfter } from './contacts.ts'
import { Country } from './fields.ts'
import { importContacts } from './import-contacts.ts'
import {
  ContactBody,
  ContactImportBody,
  ContactStateName,
  contactBody,
  importBody,
} from './representation.ts'
import { CampaignParams, type CampaignRouteParts, campaignTags, scopeOfCampaign } from './routes.ts'
import { requireCampaign, writeCampaign } from './store.ts'

const PAGE = 2_000

/** The contacts of a campaign: files of them in, and what became of them out. */
export function contactRoutes(parts: CampaignRouteParts): Routes {
  const { database, clock, idempotency, dialer, onCommitted } = parts

  async function take(
    ref: CampaignRef,
    file: Readable,
    country: string | undefined,
    key: IdempotencyRef | undefined,
  ) {
    const hash = createHash('sha256')
    const hashed = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk)
        done(null, chunk)
      },
    })
    // A file that breaks off shows where it is read.
    pipeline(file, hashed, () => {})
    return database.transaction(async (tx) => {
      if (key !== undefined) {
        await lockIdempotencyKeys(tx, [key])
        const before = (await loadIdempotencyRecords(tx, [key])).get(idempotencyName(key))
        if (before !== undefined) {
          // Only the whole file tells whether it is the same request.
          for await (const _ of hashed);
          requireSameRequest(before, sameFile(key, hash.digest()))
          return { replayed: before }
        }
      }
      const campaign = await requireCampaign(tx, ref)
      if (campaign.status === 'completed') {
        throw new Problem('conflict', 'The campaign is complete: make another one for further contacts.')
      }
      const nowMs = clock.now()
      const options = { campaign: ref, country: country ?? campaign.defaultCountry, nowMs }
      const taken = await importContacts(tx, hashed, options)
      await count(tx, ref, taken, nowMs)
      const body = importBody(taken)
      if (key !== undefined) {
        const record = { ...sameFile(key, hash.digest()), status: 201, body: JSON.stringify(body) }
        await insertIdempotencyRecords(tx, [record], nowMs)
      }
      return { body }
    })
  }

  /** The workspace's line is taken last, so that a long file holds up nobody's calls. */
  async function count(
    tx: Parameters<typeof importContacts>[0],
    ref: CampaignRef,
    { added }: ImportRow,
    nowMs: number,
  ): Promise<void> {
    const account = (await lockAccounts(tx, [ref.workspaceId])).get(ref.workspaceId)
    invariant(account, 'A workspace has a balance line')
    const campaign = await requireCampaign(tx, ref)
    const counts = { ...campaign.counts, waiting: campaign.counts.waiting + added }
    const lookAtMs = campaign.status === 'running' ? 0 : campaign.lookAtMs
    await writeCampaign(tx, { ...campaign, counts, lookAtMs })
    noteChange(account, 'campaign', ref.id)
    await writeAccounts(tx, [account], nowMs)
  }

  return async (server) => {
    server.post(
      '/v1/campaigns/:id/contacts',
      {
        config: { takesFile: true },
        schema: {
          tags: campaignTags,
          summary: 'Add contacts from a CSV file',
          description:
            'A line of headings, then a row a contact: a column "phone", perhaps "name", and whatever else. Separated by commas, semicolons or tabs; up to 500,000 rows and 100 MB. Bad rows are reported with line and reason, good ones are kept.',
          consumes: ['text/csv'],
          params: CampaignParams,
          querystring: z.object({
            country: Country.optional().meta({
              description: 'Two letters: of numbers without a country code. The campaign’s, if left out.',
            }),
          }),
          body: z.instanceof(Readable, {
            error: 'Send the file as the body, with Content-Type: text/csv.',
          }) as unknown as z.ZodString,
          response: { 201: ContactImportBody },
        },
      },
      async (request, reply) => {
        const { scope, ref } = await scopeOfCampaign(parts, request, request.params.id)
        requireRole(scope, 'admin')
        const key = idempotency.idempotencyOf(request)
        const taken = await take(ref, request.body as unknown as Readable, request.query.country, key)
        if (taken.replayed !== undefined) return idempotency.replay(reply, taken.replayed) as never
        onCommitted([ref.workspaceId])
        dialer.wake([ref])
        reply.code(201)
        return taken.body
      },
    )

    server.get(
      '/v1/campaigns/:id/contacts',
      {
        schema: {
          tags: campaignTags,
          summary: 'The contacts, in the order in which they were added',
          params: CampaignParams,
          querystring: ListQuery.extend({ state: ContactStateName.optional() }),
          response: { 200: listOf(ContactBody) },
        },
      },
      async (request) => {
        const { ref } = await scopeOfCampaign(parts, request, request.params.id)
        await requireCampaign(database, ref)
        const { limit = limitDefault, cursor, state } = request.query
        const [afterId] = decodeCursor(cursor, ['uuid']) ?? []
        const rows = await listContacts(database, ref, { state, afterId, limit: limit + 1 })
        return page(rows, limit, ({ id }) => [id], contactBody)
      },
    )

    server.get(
      '/v1/campaigns/:id/contacts.csv',
      {
        schema: {
          tags: campaignTags,
          summary: 'What became of all contacts, as a CSV file',
          params: CampaignParams,
          querystring: z.object({ state: ContactStateName.optional() }),
          produces: ['text/csv'],
        },
      },
      async (request, reply) => {
        const { ref } = await scopeOfCampaign(parts, request, request.params.id)
        await requireCampaign(database, ref)
        const { state } = request.query
        const rows = paged((afterId: string | undefined) =>
          listContacts(database, ref, { state, afterId, limit: PAGE }).then((found) => ({
            found,
            next: found.at(-1)?.id,
          })),
        )
        return reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="${request.params.id}-contacts.csv"`)
          .send(
            Readable.from(rows)
              .map(resultOf)
              .pipe(stringify({ header: true, columns: resultColumns })),
          )
      },
    )

    server.get(
      '/v1/campaigns/:id/imports',
      {
        schema: {
          tags: campaignTags,
          summary: 'The files of contacts, newest first',
          params: CampaignParams,
          querystring: ListQuery,
          response: { 200: listOf(ContactImportBody) },
        },
      },
      async (request) => {
        const { ref } = await scopeOfCampaign(parts, request, request.params.id)
        await requireCampaign(database, ref)
        const { limit = limitDefault, cursor } = request.query
        const [beforeId] = decodeCursor(cursor, ['uuid']) ?? []
        const rows = await listImports(database, ref, { beforeId, limit: limit + 1 })
        return page(rows, limit, ({ id }) => [id], importBody)
      },
    )

    server.get(
      '/v1/campaigns/:id/imports/:importId/rejected.csv',
      {
        schema: {
          tags: campaignTags,
          summary: 'All rows of a file that were not taken, with line and reason',
          params: CampaignParams.extend({ importId: z.string() }),
          produces: ['text/csv'],
        },
      },
      async (request, reply) => {
        const { ref } = await scopeOfCampaign(parts, request, request.params.id)
        const importId = uuidFrom('contactImport', request.params.importId)
        const { rowCount } = await database.query(
          'select from contact_imports where workspace_id = $1 and campaign_id = $2 and id = $3',
          [ref.workspaceId, ref.id, importId ?? null],
        )
        if (importId === undefined || rowCount === 0)
          throw new Problem('not_found', 'There is no such file of contacts.')
        const rows = paged((afterLine: number | undefined) =>
          rejectionsAfter(database, ref.workspaceId, importId, afterLine ?? 0, PAGE).then((found) => ({
            found,
            next: found.at(-1)?.line,
          })),
        )
        return reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="${request.params.importId}-rejected.csv"`)
          .send(
            Readable.from(rows)
              .map(({ line, reason, value }) => [line, reason, formulaSafe(value)])
              .pipe(stringify({ header: true, columns: ['line', 'reason', 'value'] })),
          )
      },
    )
  }
}

function sameFile(key: IdempotencyRef, fileHash: Buffer): IdempotencyRef {
  const requestHash = createHash('sha256').update(key.requestHash).update(fileHash).digest()
  return { ...key, requestHash }
}

/** All rows, read page by page as they are wanted. */
async function* paged<Row, Position>(
  read: (after: Position | undefined) => Promise<{ found: Row[]; next: Position | undefined }>,
): AsyncGenerator<Row> {
  let after: Position | undefined
  for (;;) {
    const { found, next } = await read(after)
    yield* found
    if (found.length < PAGE || next === undefined) return
    after = next
  }
}

const resultColumns = [
  'contact_id',
  'phone',
  'name',
  'state',
  'attempts',
  'last_outcome',
  'last_attempt_at',
  'last_call_id',
]

function resultOf(contact: ContactRow): (string | number | null)[] {
  return [
    publicId('contact', contact.id),
    contact.phone,
    contact.name === null ? null : formulaSafe(contact.name),
    contact.state,
    contact.attempts,
    contact.lastOutcome,
    instantOrNull(contact.lastAttemptAtMs),
    contact.lastCallId && publicId('call', contact.lastCallId),
  ]
}
