import { z } from 'zod'
import { Instant, instantOf, instantOrNull } from '../../platform/http/instant.ts'
import { publicId } from '../../public-ids.ts'
import { ProviderName } from '../keys/request-schemas.ts'
import { REQUEST_ERRORS, type RequestRow } from './request-store.ts'
import type { UsageRow } from './usage-store.ts'

const TokenCounts = z.object({ prompt: z.int(), completion: z.int(), total: z.int() })

const SourceFigures = z.object({ requests: z.int(), tokens: TokenCounts })

const figures = {
  requests: z.int(),
  errors: z
    .int()
    .meta({ description: 'Requests that failed. A caller that leaves early does not count as a failure.' }),
  fallbacks: z.int().meta({
    description: 'Requests for which the platform’s key took over because the provider refused the own key.',
  }),
  tokens: TokenCounts.meta({ description: 'As the providers count them.' }),
  own: SourceFigures.meta({ description: 'Of these, requests with the workspace’s own keys.' }),
  platform: SourceFigures.meta({ description: 'Of these, requests with the platform’s keys.' }),
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
          'The workspace’s current time zone. Requests stay on the local day on which they began, even if the time zone changes later.',
      }),
    }),
    total: z.object(figures),
    days: z
      .array(z.object({ date: z.string(), ...figures }))
      .meta({ description: 'Days with requests, oldest first.' }),
    agents: z
      .array(z.object({ agentId: z.string(), name: z.string(), ...figures }))
      .meta({ description: 'Most requests first.' }),
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
    total: sumFigures(rows.filter(isTotal)),
    days: groupBy(rows, (row) => row.day).map(([date, of]) => ({ date, ...sumFigures(of) })),
    agents: groupBy(rows, (row) => row.agentId)
      .map(([id, of]) => ({
        agentId: publicId('agent', id),
        name: of[0]?.agentName ?? '',
        ...sumFigures(of),
      }))
      .sort(mostFirst),
    providers: groupBy(rows, (row) => row.provider)
      .map(([provider, of]) => ({ provider, ...sumFigures(of) }))
      .sort(mostFirst),
  }
}

function groupBy<Key extends string>(
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

/** Adds up rows. There is at most one per key source. */
function sumFigures(rows: readonly UsageRow[]): Figures {
  const sum = (read: (row: UsageRow) => number) => rows.reduce((all, row) => all + read(row), 0)
  const sourceFigures = (source: UsageRow['keySource']) => {
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
    own: sourceFigures('own'),
    platform: sourceFigures('platform'),
  }
}

export const LlmRequestResponse = z
  .object({
    id: z.string().meta({ example: 'llm_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    at: Instant,
    endedAt: Instant.nullable().meta({ description: 'null: the request is running.' }),
    agentId: z.string(),
    agentName: z.string(),
    callId: z.string().nullable(),
    provider: ProviderName,
    model: z.string().meta({ description: 'As the request named it.' }),
    keySource: KeySourceName.meta({ description: 'Whose key was used.' }),
    fallback: z.boolean().meta({
      description: 'The provider refused the own key, and the platform’s key took over.',
    }),
    ownKeyStatus: z
      .int()
      .nullable()
      .meta({ description: 'With fallback: the status with which the provider refused the own key.' }),
    streamed: z.boolean(),
    status: z.int().nullable().meta({ description: 'The status sent to the caller. null: it left before.' }),
    error: z
      .enum(REQUEST_ERRORS)
      .nullable()
      .meta({ description: 'null: the request succeeded or is running.' }),
    tokens: z
      .object({ prompt: z.int().nullable(), completion: z.int().nullable(), total: z.int().nullable() })
      .meta({ description: 'null: the provider did not say.' }),
    firstByteMilliseconds: z
      .int()
      .nullable()
      .meta({ description: 'From the request to the first byte of the answer.' }),
    totalMilliseconds: z.int().nullable(),
  })
  .meta({ id: 'LlmRequest', description: 'A gateway request, without its content.' })

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
