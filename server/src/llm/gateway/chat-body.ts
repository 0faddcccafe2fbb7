import { z } from 'zod'
import { parseValue } from '../../platform/http/validation.ts'
import { invalid } from '../../platform/problem.ts'
import { memberOf } from '../records/tokens.ts'

/** What a caller asks. As much of it is looked at as the gateway has to understand; the rest is the provider's. */
export type ChatRequest = Readonly<Record<string, unknown>>

const Understood = z.object({
  model: z.string().max(200).optional(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  talktime: z
    .strictObject({
      agentId: z.string().max(100).optional(),
      callId: z.string().max(100).optional(),
      provider: z.string().max(100).optional(),
    })
    .optional(),
})

/** For the description of the API alone: what is sent is checked by {@link checkedBody}. */
export const ChatRequestDescribed = z
  .object({
    model: z.string().optional().meta({
      description:
        'A model of the agent’s provider, as that provider spells it. "agent", or nothing: the agent’s own.',
    }),
    messages: z.array(z.unknown()),
    stream: z.boolean().optional(),
    talktime: z
      .object({
        agentId: z.string().optional().meta({ description: 'Instead of the header Talktime-Agent.' }),
        callId: z.string().optional().meta({ description: 'Instead of the header Talktime-Call.' }),
        provider: z.string().optional().meta({ description: 'Instead of the header Talktime-Llm-Provider.' }),
      })
      .optional()
      .meta({ description: 'For the gateway alone: it is not passed on.' }),
  })
  .meta({ description: 'As OpenAI’s chat completions. What is not named here is passed on as it is.' })

/** Throws `invalid_request`. */
export function checkedBody(body: unknown): { body: ChatRequest; named: z.infer<typeof Understood> } {
  const named = parseValue(Understood, body)
  const messages = memberOf(body, 'messages')
  if (!Array.isArray(messages) || messages.length === 0) {
    throw invalid('/messages', '"messages" must be a list of at least one message.')
  }
  return { body: body as ChatRequest, named }
}

/** Whether the caller wants the tokens told at the end of a stream. */
export function asksForTokens(body: ChatRequest): boolean {
  return memberOf(body.stream_options, 'include_usage') === true
}

/** The body as it goes to the provider. A stream always tells its tokens at the end: they are recorded. */
export function bodyFor({ talktime: _, ...body }: ChatRequest, model: string): string {
  if (body.stream !== true) return JSON.stringify({ ...body, model })
  const options = typeof body.stream_options === 'object' ? body.stream_options : {}
  return JSON.stringify({ ...body, model, stream_options: { ...options, include_usage: true } })
}
