import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Routes } from '../../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../../platform/http/lists.ts'
import { requireCampaign } from '../campaign-store.ts'
import { Country } from '../request-schemas.ts'
import {
  ContactImportResponse,
  ContactResponse,
  ContactStateName,
  contactResponse,
} from '../response-schemas.ts'
import {
  CampaignParams,
  type CampaignRouteDeps,
  campaignTags,
  resolveCampaign,
  resolveCampaignToChange,
} from '../routes/campaign-scope.ts'
import type { CampaignSettings } from '../settings.ts'
import { exportContacts } from './contact-export.ts'
import { listContacts, listDetailHeadings } from './contact-store.ts'
import { requireCharset } from './decode-file.ts'
import { createImportReceiver } from './receive-import.ts'

const schemas = {
  add: {
    tags: campaignTags,
    summary: 'Add contacts from a CSV file',
    description:
      'A line of headings, then one row per contact: a column "phone", optionally "name", and any others; titles may stand above. Headings are known in many languages. If there are several columns of numbers, the first number of a row that can be called counts. A column "do not call" keeps people from being called. Separated by commas, semicolons, tabs or bars, in any encoding that spreadsheets write; up to 500,000 rows and 100 MB. Bad rows are reported with line and reason, good ones are added.',
    consumes: ['text/csv'],
    params: CampaignParams,
    querystring: z.object({
      country: Country.optional().meta({
        description:
          'Two letters: the country of numbers without a country code. Defaults to the campaign’s.',
      }),
      charset: z.string().max(40).optional().meta({
        description:
          'The encoding of the file, such as windows-1252. Defaults to the charset of Content-Type; without one, it is found out.',
      }),
    }),
    body: z.instanceof(Readable, {
      error: 'Send the file as the body, with Content-Type: text/csv.',
    }) as unknown as z.ZodString,
    response: { 201: ContactImportResponse },
  },
  list: {
    tags: campaignTags,
    summary: 'The contacts, in the order in which they were added',
    params: CampaignParams,
    querystring: ListQuery.extend({ state: ContactStateName.optional() }),
    response: { 200: listOf(ContactResponse) },
  },
  export: {
    tags: campaignTags,
    summary: 'The results of all contacts, as a CSV file',
    params: CampaignParams,
    querystring: z.object({ state: ContactStateName.optional() }),
    produces: ['text/csv'],
  },
}

/**
 * Reads what a request says about the encoding of its file.
 *
 * @throws Problem `invalid_request` for an encoding that is not known
 */
function readCharset(query: string | undefined, contentType = ''): string | undefined {
  const stated = query ?? /;\s*charset="?([^\s";]+)/i.exec(contentType)?.[1]
  return stated === undefined ? undefined : requireCharset(stated)
}

/** Routes that add contacts to a campaign and show their results. */
export function contactRoutes(deps: CampaignRouteDeps & CampaignSettings): Routes {
  const { database, idempotency } = deps
  const receiveImport = createImportReceiver(deps)

  return async (server) => {
    server.post(
      '/v1/campaigns/:id/contacts',
      // The receiver bounds them, and a client that stalls is disconnected by its pace.
      { config: { takesFile: true, keyScope: 'campaigns', importance: 'own' }, schema: schemas.add },
      async (request, reply) => {
        const received = await receiveImport({
          campaign: await resolveCampaignToChange(deps, request),
          file: request.body as unknown as Readable,
          country: request.query.country,
          charset: readCharset(request.query.charset, request.headers['content-type']),
          key: idempotency.idempotencyOf(request),
        })
        if ('replayed' in received) return idempotency.replay(reply, received.replayed) as never
        reply.code(201)
        return received.body
      },
    )

    server.get('/v1/campaigns/:id/contacts', { schema: schemas.list }, async (request) => {
      const ref = await resolveCampaign(deps, request)
      await requireCampaign(database, ref)
      const { limit = LIMIT_DEFAULT, cursor, state } = request.query
      const [afterId] = decodeCursor(cursor, ['uuid']) ?? []
      const rows = await listContacts(database, ref, { state, afterId, limit: limit + 1 })
      return buildPage(rows, limit, ({ id }) => [id], contactResponse)
    })

    server.get('/v1/campaigns/:id/contacts.csv', { schema: schemas.export }, async (request, reply) => {
      const ref = await resolveCampaign(deps, request)
      await requireCampaign(database, ref)
      const headings = await listDetailHeadings(database, ref)
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${request.params.id}-contacts.csv"`)
        .send(exportContacts(database, ref, { state: request.query.state, headings }))
    })
  }
}
