import { assertNever } from '@talktime/core/exhaustive'
import { z } from 'zod'
import { agentProblems } from '../agents/index.ts'
import { invalid, Problem } from '../platform/problem.ts'
import { uuidFrom } from '../public-ids.ts'
import type { CallCommand, CallTarget } from './command.ts'
import { callProblems } from './problems.ts'
import type { Reporter } from './report-source.ts'
import { DirectionName } from './response-schemas.ts'

const instantSentence =
  'must be an instant in RFC 3339 form, such as 2026-11-22T10:00:00.000Z or 2026-11-22T15:30:00+05:30.'

/** An instant by the voice stack's clock. Parses to epoch milliseconds. */
const ReportedAt = z.iso
  .datetime({ offset: true, error: `"at" ${instantSentence}` })
  .transform((text) => Date.parse(text))
  .nullable()
  .transform((atMs) => atMs ?? undefined)
  .optional()
  .meta({
    description: 'When it happened by the voice stack’s clock, up to 24 hours ago. Left out: now.',
  })

/** A text that voice stacks also send as null or empty where there is none: a call is decided nevertheless. */
const optionalText = (lengthMax: number) =>
  z
    .string()
    .max(lengthMax)
    .nullable()
    .transform((text) => text || undefined)
    .optional()

const Party = optionalText(255).meta({
  description: 'A phone number, SIP address or name. null or empty: none.',
})

const startFields = {
  agentId: z.string().meta({ example: 'agt_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
  direction: DirectionName,
  from: Party,
  to: Party,
  externalId: optionalText(255).meta({
    description:
      'The voice stack’s id of the call. A repeat with one externalId gives one call. null or empty: none.',
  }),
  at: ReportedAt,
}

const EndReason = optionalText(100).meta({
  description: 'Why it ended, as the voice stack says it, such as completed, busy, no_answer or failed.',
})

export const StartRequest = z.strictObject(startFields)
export const AnswerRequest = z.strictObject({ at: ReportedAt })
export const EndRequest = z.strictObject({ at: ReportedAt, reason: EndReason })

const target = {
  callId: optionalText(255),
  externalId: optionalText(255).meta({ description: 'Instead of callId.' }),
}

/** One line of a batch. */
export const BatchEvent = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('start'), ...startFields }),
    z.strictObject({ type: z.literal('answer'), ...target, at: ReportedAt }),
    z.strictObject({ type: z.literal('end'), ...target, at: ReportedAt, reason: EndReason }),
  ],
  {
    error: ({ code }) =>
      code === 'invalid_union' ? '"type" must be one of "start", "answer" or "end".' : undefined,
  },
)

export type BatchEvent = z.infer<typeof BatchEvent>

/**
 * Creates the command for a request to start a call. Throws `agent_not_found` for an agent id that is malformed.
 *
 * @param callId the UUID that the call gets if it is new
 */
export function createStartCommand(
  workspaceId: string,
  callId: string,
  body: z.infer<typeof StartRequest>,
): CallCommand {
  return {
    type: 'start',
    workspaceId,
    callId,
    agentId: parseAgentId(body.agentId),
    direction: body.direction,
    from: body.from ?? null,
    to: body.to ?? null,
    externalId: body.externalId ?? null,
    atMs: body.at ?? null,
  }
}

/**
 * Creates the command for a line of a batch. Throws the problem of a malformed id.
 *
 * @param newCallId the UUID that a call gets if the line starts a new one
 */
export function createEventCommand(
  { workspaceId, by }: Reporter,
  newCallId: string,
  event: BatchEvent,
): CallCommand {
  switch (event.type) {
    case 'start': {
      const { type: _, ...body } = event
      return createStartCommand(workspaceId, newCallId, body)
    }
    case 'answer':
      return { type: 'answer', workspaceId, target: parseTarget(event), atMs: event.at ?? null, by }
    case 'end':
      return {
        type: 'end',
        workspaceId,
        target: parseTarget(event),
        atMs: event.at ?? null,
        reason: event.reason ?? null,
        by,
      }
    default:
      return assertNever(event)
  }
}

function parseTarget(event: { callId?: string | undefined; externalId?: string | undefined }): CallTarget {
  if (event.callId !== undefined) return parseCallId(event.callId)
  if (event.externalId !== undefined) return { externalId: event.externalId }
  throw invalid('/callId', 'The line must have "callId" or "externalId".')
}

/** Parses the public id of a call to a target with its UUID. Throws `call_not_found` for anything else. */
export function parseCallId(id: string): { callId: string } {
  const callId = uuidFrom('call', id)
  if (callId === undefined)
    throw new Problem(callProblems.call_not_found, 'There is no such call in this workspace.')
  return { callId }
}

/** Parses the public id of an agent to its UUID. Throws `agent_not_found` for anything else. */
export function parseAgentId(id: string): string {
  const agentId = uuidFrom('agent', id)
  if (agentId !== undefined) return agentId
  const detail = 'There is no such agent in this workspace.'
  throw new Problem(agentProblems.agent_not_found, detail, { errors: [{ pointer: '/agentId', detail }] })
}
