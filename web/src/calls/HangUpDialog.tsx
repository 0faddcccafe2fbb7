import { useQueryClient } from '@tanstack/react-query'
import { api, bodyOf } from '../api/client.ts'
import { openCallsQuery } from '../api/queries.ts'
import type { Call } from '../api/types.ts'
import { withCalls } from '../live/apply.ts'
import { serverNow } from '../live/server-clock.ts'
import { Confirm } from '../ui/Confirm.tsx'
import { tell } from '../ui/tell.ts'

/** Has the voice stack end a call, and says before what that means for whoever is talking. */
export function HangUpDialog({ call, onClose }: { call: Call; onClose: () => void }) {
  const queryClient = useQueryClient()
  return (
    <Confirm
      title="Hang up this call?"
      button="Hang up"
      act={() => bodyOf(api.POST('/v1/calls/{id}/hang-up', { params: { path: { id: call.id } }, body: {} }))}
      onDone={(told) => {
        // The stream tells it too, a moment later.
        queryClient.setQueryData(openCallsQuery.queryKey, (page) => {
          return page && { ...page, data: withCalls(page.data, [told], serverNow()) }
        })
        tell('The voice stack is told to hang up')
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
