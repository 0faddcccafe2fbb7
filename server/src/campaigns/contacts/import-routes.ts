import { z } from 'zod'
import type { Routes } from '../../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../../platform/http/lists.ts'
import { Problem, platformProblems } from '../../platform/problem.ts'
import { uuidFrom } from '../../public-ids.ts'
import { requireCampaign } from '../campaign-store.ts'
import { ContactImportResponse, importResponse } from '../response-schemas.ts'
import {
  CampaignParams,
  type CampaignRouteDeps,
  campaignTags,
  resolveCampaign,
} from '../routes/campaign-scope.ts'
import { exportRejections } from './contact-export.ts'
import { findImport, listImports } from './contact-store.ts'

const schemas = {
  list: {
    tags: campaignTags,
    summary: 'The imported files, newest first',
    params: CampaignParams,
    querystring: ListQuery,
    response: { 200: listOf(ContactImportResponse) },
  },
  rejected: {
    tags: campaignTags,
    summary: 'All rejected rows of a file, with line and reason, to be repaired and sent again',
    params: CampaignParams.extend({ importId: z.string() }),
    produces: ['text/csv'],
  },
}

/** Routes that show the files that were imported into a campaign, and their rejected rows. */
export function importRoutes(deps: CampaignRouteDeps): Routes {
  const { database } = deps
  return async (server) => {
    server.get('/v1/campaigns/:id/imports', { schema: schemas.list }, async (request) => {
      const ref = await resolveCampaign(deps, request)
      await requireCampaign(database, ref)
      const { limit = LIMIT_DEFAULT, cursor } = request.query
      const [beforeId] = decodeCursor(cursor, ['uuid']) ?? []
      const rows = await listImports(database, ref, { beforeId, limit: limit + 1 })
      return buildPage(rows, limit, ({ id }) => [id], importResponse)
    })

    server.get(
      '/v1/campaigns/:id/imports/:importId/rejected.csv',
      { schema: schemas.rejected },
      async (request, reply) => {
        const ref = await resolveCampaign(deps, request)
        const importId = uuidFrom('contactImport', request.params.importId)
        const found = importId && (await findImport(database, ref, importId))
        if (!importId || !found)
          throw new Problem(platformProblems.not_found, 'There is no such file of contacts.')
        return reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="${request.params.importId}-rejected.csv"`)
          .send(exportRejections(database, ref.workspaceId, importId, found.headings))
      },
    )
  }
}
