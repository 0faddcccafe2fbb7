import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { type Liveness, LivenessContext } from '../../api/liveness.ts'
import { currentKeys } from './current-keys.ts'
import { keepCurrent } from './keep-current.ts'

const POLL_MS = 10_000

/** Keeps everything on screen current for one workspace. Polls while the event stream is lost. */
export function LiveProvider({ workspaceId, children }: { workspaceId: string; children: ReactNode }) {
  const queryClient = useQueryClient()
  const [liveness, setLiveness] = useState<Liveness>('connecting')

  useEffect(() => keepCurrent(queryClient, workspaceId, setLiveness), [queryClient, workspaceId])

  useEffect(() => {
    if (liveness !== 'lost') return
    const poll = () => {
      for (const queryKey of currentKeys) void queryClient.invalidateQueries({ queryKey })
    }
    poll()
    const interval = setInterval(poll, POLL_MS)
    return () => clearInterval(interval)
  }, [liveness, queryClient])

  return <LivenessContext value={liveness}>{children}</LivenessContext>
}
