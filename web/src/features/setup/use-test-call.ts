import { MINUTE_MS } from '@talktime/core/time/durations'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import type { Call } from '../../api/types.ts'
import { isOpen } from '../calls/index.ts'
import { answeredCallsQuery } from './setup-queries.ts'

/** If the browser disappears mid-call, the call is closed at its last heartbeat and charged up to then. */
const HEARTBEAT_MS = 10_000
/** A test call ends automatically after this long. */
export const TEST_CALL_MS_MAX = MINUTE_MS

/** Makes a call from this page as a voice stack would: authorize, answer, heartbeat, end. */
export function useTestCall() {
  const queryClient = useQueryClient()
  const [call, setCall] = useState<Call | null>(null)
  const openId = useRef<string | null>(null)

  const starting = useMutation({
    mutationFn: async (agentId: string) => {
      const authorized = await readBody(api.POST('/v1/calls', { body: { agentId, direction: 'web' } }))
      if (!isOpen(authorized)) return authorized
      openId.current = authorized.id
      const path = { path: { id: authorized.id } }
      await sendHeartbeat(authorized.id)
      return readBody(api.POST('/v1/calls/{id}/answer', { params: path, body: {} }))
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
  useEffect(() => {
    if (id === null) return
    const beat = setInterval(async () => {
      const alive = await sendHeartbeat(id).catch(() => null)
      if (alive?.continue === false) hangUp(id)
    }, HEARTBEAT_MS)
    const limit = setTimeout(() => hangUp(id), TEST_CALL_MS_MAX)
    return () => {
      clearInterval(beat)
      clearTimeout(limit)
    }
  }, [id, hangUp])

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
    api.POST('/v1/calls/{id}/end', {
      params: { path: { id } },
      body: { reason: 'completed' },
      keepalive: true,
    }),
  )

const sendHeartbeat = (id: string) =>
  readBody(api.POST('/v1/calls/{id}/heartbeat', { params: { path: { id } }, body: {} }))
