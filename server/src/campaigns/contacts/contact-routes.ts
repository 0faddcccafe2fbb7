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
import { exportContacts } from './contact-export.ts'
import { listContacts, listDetailHeadings } from './contact-store.ts'
import { createImportReceiver } from './receive-import.ts'

const schemas = {
  add: {
    tags: campaignTags,
    summary: 'Add contacts from a CSV file',
    description:
      'A line of headings, then one row per contact: a column "phone", optionally "name", and any others. Separated by commas, semicolons or tabs; up to 500,000 rows and 100 MB. Bad rows are reported with line and reason, good ones are added.',
    consumes: ['text/csv'],
    params: CampaignParams,
    querystring: z.object({
      country: Country.optional().meta({
        description:
          'Two letters: the country of numbers without a country code. Defaults to the campaign’s.',
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

/** Routes that add contacts to a campaign and show their results. */
export function contactRoutes(deps: CampaignRouteDeps): Routes {
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
