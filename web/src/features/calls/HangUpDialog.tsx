import { useQueryClient } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import { serverNow } from '../../api/server-clock.ts'
import type { Call } from '../../api/types.ts'
import { Confirm } from '../../design/ui/Confirm.tsx'
import { toast } from '../../design/ui/toast.ts'
import { openCallsQuery } from './call-queries.ts'
import { applyCallEvents } from './live-calls.ts'

/** Has the voice stack end a call, and says before what that means for whoever is talking. */
export function HangUpDialog({ call, onClose }: { call: Call; onClose: () => void }) {
  const queryClient = useQueryClient()
  return (
    <Confirm
      title="Hang up this call?"
      button="Hang up"
      act={() =>
        readBody(api.POST('/v1/calls/{id}/hang-up', { params: { path: { id: call.id } }, body: {} }))
      }
      onDone={(told) => {
        // The stream tells it too, a moment later.
        queryClient.setQueryData(openCallsQuery.queryKey, (page) => {
          return page && { ...page, data: applyCallEvents(page.data, [told], serverNow()) }
        })
        toast('The voice stack is told to hang up')
        onClose()
      }}
      onClose={onClose}
    >
      {call.status === 'authorized'
        ? `It stops ringing. Ringing costs nothing, so nothing is charged.`
        : `${call.agentName} is cut off in the middle of the conversation. It is charged until the voice stack has hung up.`}
    </Confirm>
  )
}
