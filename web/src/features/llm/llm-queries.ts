import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import type { paths } from '../../api/schema.gen.ts'
import type { DateWindow } from '../../design/format/date-window.ts'

type Response<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never

export type LlmKeyList = Response<'/v1/llm-keys'>
export type LlmKey = LlmKeyList['data'][number]
export type LlmProvider = LlmKey['provider']
export type LlmSettings = Response<'/v1/llm-settings'>
export type LlmModelTest =
  paths['/v1/agents/{id}/llm-test']['post']['responses'][200]['content']['application/json']
export type LlmUsage = Response<'/v1/llm-usage'>
export type LlmRequest = Response<'/v1/llm-requests'>['data'][number]

export const llmKeysQuery = queryOptions({
  queryKey: ['llm-keys'],
  queryFn: () => readBody(api.GET('/v1/llm-keys')),
})

export const llmSettingsQuery = queryOptions({
  queryKey: ['llm-settings'],
  queryFn: () => readBody(api.GET('/v1/llm-settings')),
})

export const llmUsageQuery = ({ from, to }: DateWindow) =>
  queryOptions({
    queryKey: ['llm-usage', from, to],
    queryFn: () =>
      readBody(
        api.GET('/v1/llm-usage', {
          params: { query: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) } },
        }),
      ),
    // The old numbers stay on screen, dimmed, while another window loads.
    placeholderData: (before) => before,
  })

export const llmRequestsQuery = infiniteQueryOptions({
  queryKey: ['llm-requests'],
  queryFn: ({ pageParam }) => {
    const cursor = pageParam === null ? {} : { cursor: pageParam }
    return readBody(api.GET('/v1/llm-requests', { params: { query: { limit: '20', ...cursor } } }))
  },
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
})
