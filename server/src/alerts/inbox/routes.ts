import { z } from 'zod'
import type { Access } from '../../access/index.ts'
import { addEvent, type Ledger } from '../../ledger/index.ts'
import type { Database } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../../platform/http/lists.ts'
import { invalid } from '../../platform/problem.ts'
import { uuidFrom } from '../../public-ids.ts'
import { AlertResponse, alertResponse } from '../response-schemas.ts'
import { listAlerts, markRead } from './alert-store.ts'

const tags = ['Alerts']

/** Routes that list alerts and mark them as read. */
export function alertRoutes(deps: {
  readonly access: Access
  readonly database: Database
  readonly ledger: Ledger
}): Routes {
  const { access, database, ledger } = deps
  return async (server) => {
    server.get(
      '/v1/alerts',
      {
        schema: {
          tags,
          summary: 'Alerts, newest first',
          querystring: ListQuery.extend({
            unread: z.enum(['true', 'false']).optional().meta({ description: 'true: only unread alerts.' }),
          }),
          response: { 200: listOf(AlertResponse) },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const { limit = LIMIT_DEFAULT, cursor, unread } = request.query
        const beforeId = decodeCursor(cursor, ['uuid'])?.[0] ?? null
        const wanted = { unreadOnly: unread === 'true', limit: limit + 1, beforeId }
        const alerts = await listAlerts(database, workspaceId, wanted)
        return buildPage(alerts, limit, ({ id }) => [id], alertResponse)
      },
    )

    server.post(
      '/v1/alerts/read',
      {
        config: { keyScope: 'admin' },
        schema: {
          tags,
          summary: 'Mark alerts as read',
          description: 'For everybody in the workspace. Ids of other workspaces are ignored.',
          body: z.strictObject({
            ids: z.array(z.string()).max(200).optional().meta({ description: 'All, if left out.' }),
          }),
          response: {
            200: z.object({ read: z.int().meta({ description: 'How many were unread before.' }) }),
          },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const ids = request.body.ids?.map(parseAlertId)
        return ledger.changeWorkspace(workspaceId, async ({ tx, unit, nowMs }) => {
          const read = await markRead(tx, workspaceId, ids, nowMs)
          if (read > 0) addEvent(unit, 'alert')
          return { read }
        })
      },
    )
  }
}

function parseAlertId(id: string, index: number): string {
  const uuid = uuidFrom('alert', id)
  if (uuid === undefined)
    throw invalid(`/ids/${index}`, `"ids[${index}]" must be the id of an alert, alert_….`)
  return uuid
}
