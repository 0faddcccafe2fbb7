import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { z } from 'zod'
import { requireRole } from '../../access/index.ts'
import { escapeFormula } from '../../platform/http/csv.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { instantOrNull } from '../../platform/http/instant.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../../platform/http/lists.ts'
import { Problem, platformProblems } from '../../platform/problem.ts'
import { publicId, uuidFrom } from '../../public-ids.ts'
import { requireCampaign } from '../campaign-store.ts'
import { Country } from '../request-schemas.ts'
import {
  ContactImportResponse,
  ContactResponse,
  ContactStateName,
  contactResponse,
  importResponse,
} from '../response-schemas.ts'
import { CampaignParams, type CampaignRouteDeps, campaignTags, scopeOfCampaign } from '../routes.ts'
import {
  type ContactRow,
  detailHeadings,
  listContacts,
  listImports,
  rejectionsAfter,
} from './contact-store.ts'
import { createImportReceiver } from './receive-import.ts'

const PAGE = 2_000
const SILENCE_MS_MAX = 120_000

/** The contacts of a campaign: files of them in, and what became of them out. */
export function contactRoutes(deps: CampaignRouteDeps): Routes {
  const { database, idempotency } = deps
  const receiveImport = createImportReceiver(deps)

  return async (server) => {
    server.post(
      '/v1/campaigns/:id/contacts',
      {
        config: { takesFile: true },
        onRequest(request, _reply, done) {
          // A client that falls silent is let go of.
          request.raw.socket.setTimeout?.(SILENCE_MS_MAX)
          done()
        },
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
          response: { 201: ContactImportResponse },
        },
      },
      async (request, reply) => {
        const { scope, ref } = await scopeOfCampaign(deps, request, request.params.id)
        requireRole(scope, 'admin')
        const taken = await receiveImport({
          campaign: ref,
          file: request.body as unknown as Readable,
          country: request.query.country,
          key: idempotency.idempotencyOf(request),
        })
        if ('replayed' in taken) return idempotency.replay(reply, taken.replayed) as never
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
          response: { 200: listOf(ContactResponse) },
        },
      },
      async (request) => {
        const { ref } = await scopeOfCampaign(deps, request, request.params.id)
        await requireCampaign(database, ref)
        const { limit = LIMIT_DEFAULT, cursor, state } = request.query
        const [afterId] = decodeCursor(cursor, ['uuid']) ?? []
        const rows = await listContacts(database, ref, { state, afterId, limit: limit + 1 })
        return buildPage(rows, limit, ({ id }) => [id], contactResponse)
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
        const { ref } = await scopeOfCampaign(deps, request, request.params.id)
        await requireCampaign(database, ref)
        const { state } = request.query
        const headings = await detailHeadings(database, ref)
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
              .map((contact: ContactRow) => resultOf(contact, headings))
              .pipe(stringify({ header: true, columns: columnsWith(headings) })),
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
          response: { 200: listOf(ContactImportResponse) },
        },
      },
      async (request) => {
        const { ref } = await scopeOfCampaign(deps, request, request.params.id)
        await requireCampaign(database, ref)
        const { limit = LIMIT_DEFAULT, cursor } = request.query
        const [beforeId] = decodeCursor(cursor, ['uuid']) ?? []
        const rows = await listImports(database, ref, { beforeId, limit: limit + 1 })
        return buildPage(rows, limit, ({ id }) => [id], importResponse)
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
        const { ref } = await scopeOfCampaign(deps, request, request.params.id)
        const importId = uuidFrom('contactImport', request.params.importId)
        const { rowCount } = await database.query(
          'select from contact_imports where workspace_id = $1 and campaign_id = $2 and id = $3',
          [ref.workspaceId, ref.id, importId ?? null],
        )
        if (importId === undefined || rowCount === 0)
          throw new Problem(platformProblems.not_found, 'There is no such file of contacts.')
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
              .map(({ line, reason, value }) => [line, reason, escapeFormula(value)])
              .pipe(stringify({ header: true, columns: ['line', 'reason', 'value'] })),
          )
      },
    )
  }
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

/** The files' other columns come last; one that is headed like one of ours says whose it is. */
function columnsWith(headings: readonly string[]): string[] {
  const named = headings.map((heading) => (resultColumns.includes(heading) ? `${heading} (file)` : heading))
  return [...resultColumns, ...named.map(escapeFormula)]
}

function resultOf(contact: ContactRow, headings: readonly string[]): (string | number | null)[] {
  return [
    publicId('contact', contact.id),
    contact.phone,
    contact.name === null ? null : escapeFormula(contact.name),
    contact.state,
    contact.attempts,
    contact.lastOutcome,
    instantOrNull(contact.lastAttemptAtMs),
    contact.lastCallId && publicId('call', contact.lastCallId),
    ...headings.map((heading) => {
      const detail = contact.details?.[heading]
      return detail === undefined ? null : escapeFormula(detail)
    }),
  ]
}
