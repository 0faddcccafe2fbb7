import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import type { Call } from '../../api/types.ts'
import { isOpen } from '../calls/index.ts'
import { answeredCallsQuery } from './setup-queries.ts'

/** A browser that falls silent mid-call is no reason to go on charging: the call closes at its last heartbeat. */
const heartbeatMs = 10_000
/** A test call ends by itself after so long. */
export const testCallMsMax = 60_000

/** A call that this page makes as a voice stack would: may it start, it is answered, it is over. */
export function useTestCall() {
  const queryClient = useQueryClient()
  const [call, setCall] = useState<Call | null>(null)
  const openId = useRef<string | null>(null)

  const starting = useMutation({
    mutationFn: async (agentId: string) => {
      const asked = await readBody(api.POST('/v1/calls', { body: { agentId, direction: 'web' } }))
      if (!isOpen(asked)) return asked
      openId.current = asked.id
      const path = { path: { id: asked.id } }
      await heartbeat(asked.id)
      return readBody(api.POST('/v1/calls/{id}/answer', { params: path, body: {} }))
    },
    onSuccess: setCall,
  })

  const { mutate: hangUp, ...ending } = useMutation({
    mutationFn: (id: string) => end(id),
    onSuccess: async (over) => {
      openId.current = null
      setCall(over)
      await queryClient.invalidateQueries({ queryKey: answeredCallsQuery.queryKey })
    },
  })

  const id = call !== null && isOpen(call) ? call.id : null
  useEffect(() => {
    if (id === null) return
    const beat = setInterval(async () => {
      const alive = await heartbeat(id).catch(() => null)
      if (alive?.continue === false) hangUp(id)
    }, heartbeatMs)
    const limit = setTimeout(() => hangUp(id), testCallMsMax)
    return () => {
      clearInterval(beat)
      clearTimeout(limit)
    }
  }, [id, hangUp])

  // Whoever leaves the page hangs up.
  useEffect(() => {
    const leave = () => {
      if (openId.current !== null) void end(openId.current).catch(() => {})
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

const end = (id: string) =>
  readBody(
    api.POST('/v1/calls/{id}/end', {
      params: { path: { id } },
      body: { reason: 'completed' },
      keepalive: true,
    }),
  )

const heartbeat = (id: string) =>
  readBody(api.POST('/v1/calls/{id}/heartbeat', { params: { path: { id } }, body: {} }))
