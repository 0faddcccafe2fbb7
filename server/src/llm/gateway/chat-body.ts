import { z } from 'zod'
import { parseValue } from '../../platform/http/validation.ts'
import { invalid } from '../../platform/problem.ts'
import { readMember } from '../records/tokens.ts'

/** A caller's chat request. The gateway reads what it has to understand; the provider reads the rest. */
export type ChatRequest = Readonly<Record<string, unknown>>

const UnderstoodRequest = z.object({
  model: z.string().max(200).optional(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  talktime: z
    .strictObject({
      agentId: z.string().max(100).optional(),
      callId: z.string().max(100).optional(),
      provider: z.string().max(100).optional(),
      test: z.boolean().optional(),
    })
    .optional(),
})

/** Describes a request in the API's reference. {@link parseChatRequest} does the checking. */
export const DescribedChatRequest = z
  .object({
    model: z.string().optional().meta({
      description:
        'A model of the agent’s provider, as the provider names it. "agent", or nothing: the agent’s model.',
    }),
    messages: z.array(z.unknown()),
    stream: z.boolean().optional(),
    talktime: z
      .object({
        agentId: z.string().optional().meta({ description: 'Instead of the header Talktime-Agent.' }),
        callId: z.string().optional().meta({ description: 'Instead of the header Talktime-Call.' }),
        provider: z.string().optional().meta({ description: 'Instead of the header Talktime-Llm-Provider.' }),
        test: z.boolean().optional().meta({
          description: 'A test, outside a call. Instead of the header Talktime-Test: true.',
        }),
      })
      .optional()
      .meta({ description: 'For the gateway only. The provider does not get it.' }),
  })
  .meta({
    description: 'As in OpenAI’s chat completions. Members that are not listed here are passed on unchanged.',
  })

/** Checks the members of a request that the gateway understands. Throws `invalid_request`. */
export function parseChatRequest(body: unknown): {
  body: ChatRequest
  named: z.infer<typeof UnderstoodRequest>
} {
  const named = parseValue(UnderstoodRequest, body)
  const messages = readMember(body, 'messages')
  if (!Array.isArray(messages) || messages.length === 0) {
    throw invalid('/messages', '"messages" must be a list of at least one message.')
  }
  return { body: body as ChatRequest, named }
}

/** Whether the caller wants the token counts at the end of a stream. */
export function wantsUsage(body: ChatRequest): boolean {
  return readMember(body.stream_options, 'include_usage') === true
}

/** Builds the body for the provider. Streams always ask for token counts, because the gateway records them. */
export function buildProviderBody({ talktime: _, ...body }: ChatRequest, model: string): string {
  if (body.stream !== true) return JSON.stringify({ ...body, model })
  const options = typeof body.stream_options === 'object' ? body.stream_options : {}
  return JSON.stringify({ ...body, model, stream_options: { ...options, include_usage: true } })
}
