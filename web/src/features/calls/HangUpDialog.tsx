import { useQueryClient } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import { serverNow } from '../../api/server-clock.ts'
import type { Call } from '../../api/types.ts'
import { Confirm } from '../../design/ui/Confirm.tsx'
import { toast } from '../../design/ui/toast.ts'
import { openCallsQuery } from './call-queries.ts'
import { applyCallEvents } from './live-calls.ts'

/** Asks before ordering the voice stack to hang up a call. */
export function HangUpDialog({ call, onClose }: { call: Call; onClose: () => void }) {
  const queryClient = useQueryClient()
  return (
    <Confirm
      title="Hang up this call?"
      button="Hang up"
      act={() =>
        readBody(api.POST('/v1/calls/{id}/hang-up', { params: { path: { id: call.id } }, body: {} }))
      }
      onDone={(ordered) => {
        // An event brings it too, a moment later.
        queryClient.setQueryData(openCallsQuery.queryKey, (page) => {
          return page && { ...page, data: applyCallEvents(page.data, [ordered], serverNow()) }
        })
        toast('Hanging up…')
        onClose()
      }}
      onClose={onClose}
    >
      {call.status === 'authorized'
        ? 'The call stops ringing. Ringing is free, so nothing is charged.'
        : `This cuts ${call.agentName} off mid-conversation. The call is charged until the voice stack has hung up.`}
    </Confirm>
  )
}
