import { z } from 'zod'
import { Instant, instantOf, instantOrNull } from '../../platform/http/instant.ts'
import { publicId } from '../../public-ids.ts'
import { ProviderName } from '../keys/request-schemas.ts'
import { type RequestRow, requestErrors } from './request-store.ts'
import type { UsageRow } from './usage-store.ts'

const Tokens = z.object({ prompt: z.int(), completion: z.int(), total: z.int() })

const Part = z.object({ requests: z.int(), tokens: Tokens })

const figures = {
  requests: z.int(),
  errors: z.int().meta({ description: 'Requests that failed. A caller that leaves early is no failure.' }),
  fallbacks: z
    .int()
    .meta({ description: 'Requests whose own key was refused, and which the platform’s paid.' }),
  tokens: Tokens.meta({ description: 'As the providers count them.' }),
  own: Part.meta({ description: 'Of these, what the workspace’s own keys paid.' }),
  platform: Part.meta({ description: 'Of these, what the platform’s keys paid.' }),
}

export const KeySourceName = z.enum(['own', 'platform'])

export const UsageResponse = z
  .object({
    asOf: Instant,
    window: z.object({
      from: z.string(),
      to: z.string(),
      timeZone: z.string().meta({
        description:
          'The workspace’s, in which today is meant. A request stays on the local day on which it began: a change of the time zone moves none that was counted before.',
      }),
    }),
    total: z.object(figures),
    days: z
      .array(z.object({ date: z.string(), ...figures }))
      .meta({ description: 'Days with requests, in order.' }),
    agents: z
      .array(z.object({ agentId: z.string(), name: z.string(), ...figures }))
      .meta({ description: 'The most requests first.' }),
    providers: z.array(z.object({ provider: ProviderName, ...figures })),
  })
  .meta({ id: 'LlmUsage', description: 'Days, agents and providers each add up to the total.' })

type Figures = z.infer<typeof UsageResponse>['total']

export function usageResponse(
  rows: readonly UsageRow[],
  window: z.infer<typeof UsageResponse>['window'],
  nowMs: number,
): z.infer<typeof UsageResponse> {
  const isTotal = (row: UsageRow) => row.day === null && row.agentId === null && row.provider === null
  const mostFirst = (a: Figures, b: Figures) => b.requests - a.requests
  return {
    asOf: instantOf(nowMs),
    window,
    total: figuresOf(rows.filter(isTotal)),
    days: grouped(rows, (row) => row.day).map(([date, of]) => ({ date, ...figuresOf(of) })),
    agents: grouped(rows, (row) => row.agentId)
      .map(([id, of]) => ({
        agentId: publicId('agent', id),
        name: of[0]?.agentName ?? '',
        ...figuresOf(of),
      }))
      .sort(mostFirst),
    providers: grouped(rows, (row) => row.provider)
      .map(([provider, of]) => ({ provider, ...figuresOf(of) }))
      .sort(mostFirst),
  }
}

function grouped<Key extends string>(
  rows: readonly UsageRow[],
  keyOf: (row: UsageRow) => Key | null,
): [Key, UsageRow[]][] {
  const groups = new Map<Key, UsageRow[]>()
  for (const row of rows) {
    const key = keyOf(row)
    if (key !== null) groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups]
}

/** @param rows at most one of each key source */
function figuresOf(rows: readonly UsageRow[]): Figures {
  const sum = (read: (row: UsageRow) => number) => rows.reduce((all, row) => all + read(row), 0)
  const part = (source: UsageRow['keySource']) => {
    const row = rows.find(({ keySource }) => keySource === source)
    return {
      requests: row?.requests ?? 0,
      tokens: {
        prompt: row?.promptTokens ?? 0,
        completion: row?.completionTokens ?? 0,
        total: row?.totalTokens ?? 0,
      },
    }
  }
  return {
    requests: sum((row) => row.requests),
    errors: sum((row) => row.errors),
    fallbacks: sum((row) => row.fallbacks),
    tokens: {
      prompt: sum((row) => row.promptTokens),
      completion: sum((row) => row.completionTokens),
      total: sum((row) => row.totalTokens),
    },
    own: part('own'),
    platform: part('platform'),
  }
}

export const LlmRequestResponse = z
  .object({
    id: z.string().meta({ example: 'llm_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    at: Instant,
    endedAt: Instant.nullable().meta({ description: 'null: it is under way.' }),
    agentId: z.string(),
    agentName: z.string(),
    callId: z.string().nullable(),
    provider: ProviderName,
    model: z.string().meta({ description: 'As it was asked for.' }),
    keySource: KeySourceName.meta({ description: 'Whose key paid.' }),
    fallback: z.boolean().meta({
      description: 'The own key was refused, and the platform’s took over: the workspace wanted that.',
    }),
    ownKeyStatus: z
      .int()
      .nullable()
      .meta({ description: 'With fallback: how the provider refused the own key.' }),
    streamed: z.boolean(),
    status: z
      .int()
      .nullable()
      .meta({ description: 'What the caller was answered; null: it had gone before.' }),
    error: z
      .enum(requestErrors)
      .nullable()
      .meta({ description: 'null: everything went well, or it is under way.' }),
    tokens: z
      .object({ prompt: z.int().nullable(), completion: z.int().nullable(), total: z.int().nullable() })
      .meta({ description: 'null: the provider did not say.' }),
    firstByteMilliseconds: z
      .int()
      .nullable()
      .meta({ description: 'From the request to the first of the answer.' }),
    totalMilliseconds: z.int().nullable(),
  })
  .meta({ id: 'LlmRequest', description: 'A request of the gateway, without a word of what was said.' })

export function requestResponse(row: RequestRow): z.infer<typeof LlmRequestResponse> {
  return {
    id: publicId('llmRequest', row.id),
    at: instantOf(row.atMs),
    endedAt: instantOrNull(row.endedAtMs),
    agentId: publicId('agent', row.agentId),
    agentName: row.agentName,
    callId: row.callId === null ? null : publicId('call', row.callId),
    provider: row.provider,
    model: row.model,
    keySource: row.keySource,
    fallback: row.fallback,
    ownKeyStatus: row.ownKeyStatus,
    streamed: row.streamed,
    status: row.status,
    error: row.error,
    tokens: { prompt: row.promptTokens, completion: row.completionTokens, total: row.totalTokens },
    firstByteMilliseconds: row.firstByteMs,
    totalMilliseconds: row.totalMs,
  }
}
