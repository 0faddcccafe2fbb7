import { z } from 'zod'
import type { Routes } from '../../platform/http/http-server.ts'
import type { LlmDeps } from '../deps.ts'
import { findKeyScope, parseKeyId } from './key-scope.ts'
import { recordKeyUses, requireKey } from './key-store.ts'
import { openKey } from './keys.ts'
import { KeyResponse, keyResponse } from './response-schemas.ts'
import { testKey } from './test-key.ts'

const KeyTestResponse = z
  .object({
    outcome: z.enum(['accepted', 'refused', 'unclear', 'unreachable']),
    detail: z.string().meta({ description: 'The result in a sentence.' }),
    status: z.int().nullable().meta({ description: 'The status that the provider answered; null: none.' }),
    key: KeyResponse,
  })
  .meta({ id: 'LlmKeyTest' })

/** Tests of stored keys. */
export function keyTestRoutes(deps: LlmDeps): Routes {
  const { database, clock, idempotency, sealedBox, settings } = deps
  return async (server) => {
    server.post(
      '/v1/llm-keys/:id/test',
      {
        config: { keyScope: 'admin' },
        schema: {
          tags: ['LLM keys'],
          summary: 'Test a key with a request to the provider that costs nothing',
          params: z.object({ id: z.string() }),
          body: z.strictObject({}),
          response: { 200: KeyTestResponse },
        },
      },
      async (request, reply) => {
        const { workspaceId } = await findKeyScope(deps, request)
        const id = parseKeyId(request.params.id)
        const row = await requireKey(database, workspaceId, id)
        const access = openKey(sealedBox, row, settings.bases[row.provider])
        const { outcome, detail, status, failure } = await testKey(deps, access)
        return idempotency.command(request, reply, async (tx) => {
          const use = { workspaceId, keyId: id, savedAtMs: row.savedAtMs, atMs: clock.now() }
          if (failure !== undefined) await recordKeyUses(tx, [{ ...use, failure }])
          const key = keyResponse(await requireKey(tx, workspaceId, id), null, true)
          return { status: 200, body: { outcome, detail, status, key } }
        })
      },
    )
  }
}
