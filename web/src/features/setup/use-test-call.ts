import { MINUTE_MS } from '@talktime/core/time/durations'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import type { Call } from '../../api/types.ts'
import { isOpen, receiptQuery } from '../calls/index.ts'
import { answeredCallsQuery } from './setup-queries.ts'

/** How often the page looks whether the call is over: it may be hung up elsewhere, or end at its limit. */
const REFETCH_MS = 2_000
/** The server ends a test call after this long. */
export const TEST_CALL_MS_MAX = MINUTE_MS

/** Makes a test call, which the server itself answers and ends. */
export function useTestCall() {
  const queryClient = useQueryClient()
  const [call, setCall] = useState<Call | null>(null)
  const openId = useRef<string | null>(null)

  const starting = useMutation({
    mutationFn: async (agentId: string) => {
      const started = await readBody(api.POST('/v1/test-calls', { body: { agentId } }))
      if (isOpen(started)) openId.current = started.id
      return started
    },
    onSuccess: setCall,
  })

  const { mutate: hangUp, ...ending } = useMutation({
    mutationFn: (id: string) => endCall(id),
    onSuccess: async (over) => {
      openId.current = null
      setCall(over)
      await queryClient.invalidateQueries({ queryKey: answeredCallsQuery.queryKey })
    },
  })

  const id = call !== null && isOpen(call) ? call.id : null
  const { data: latest } = useQuery({
    ...receiptQuery(id ?? ''),
    enabled: id !== null,
    refetchInterval: REFETCH_MS,
  })
  useEffect(() => {
    if (id === null || latest === undefined || latest.id !== id || isOpen(latest)) return
    openId.current = null
    setCall(latest)
  }, [id, latest])

  // Leaving the page hangs up.
  useEffect(() => {
    const leave = () => {
      if (openId.current !== null) void endCall(openId.current).catch(() => {})
      openId.current = null
    }
    window.addEventListener('pagehide', leave)
    return () => {
      window.removeEventListener('pagehide', leave)
      leave()
    }
  }, [])

  const error = starting.error ?? ending.error
  return {
    call,
    start: starting.mutate,
    starting: starting.isPending,
    hangUp: useCallback(() => id !== null && hangUp(id), [id, hangUp]),
    ending: ending.isPending,
    problem: error === null ? null : asProblem(error).message,
  }
}

const endCall = (id: string) =>
  readBody(
    api.POST('/v1/test-calls/{id}/end', {
      params: { path: { id } },
      body: {},
      keepalive: true,
    }),
  )
