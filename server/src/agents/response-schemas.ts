import { z } from 'zod'
import { Instant, instantOf, instantOrNull } from '../platform/http/instant.ts'
import { publicId } from '../public-ids.ts'
import type { AgentRow } from './agent-store.ts'
import { AgentStatus } from './request-schemas.ts'

export const AgentResponse = z
  .object({
    id: z.string().meta({ example: 'agt_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    name: z.string(),
    language: z.string(),
    phoneNumber: z.string().nullable(),
    llmProvider: z.string(),
    llmModel: z.string(),
    voiceEndpoint: z.string().nullable(),
    unconnectedCallAt: Instant.nullable().meta({
      description:
        'When a call to its number was last turned away because it has no voiceEndpoint. null: never, or it has one now.',
    }),
    status: AgentStatus,
    createdAt: Instant,
  })
  .meta({ id: 'Agent' })

export function agentResponse(row: AgentRow): z.infer<typeof AgentResponse> {
  return {
    id: publicId('agent', row.id),
    name: row.name,
    language: row.language,
    phoneNumber: row.phoneNumber,
    llmProvider: row.llmProvider,
    llmModel: row.llmModel,
    voiceEndpoint: row.voiceEndpoint,
    unconnectedCallAt: instantOrNull(row.unconnectedCallAtMs),
    status: row.status,
    createdAt: instantOf(row.createdAtMs),
  }
}
