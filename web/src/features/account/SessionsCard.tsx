import { Button } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import type { OwnSession } from '../../api/types.ts'
import { chooseWorkspace } from '../../api/workspace-choice.ts'
import { instant } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Confirm } from '../../design/ui/Confirm.tsx'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { StatusIcon } from '../../design/ui/StatusIcon.tsx'
import { SkeletonRows } from '../../design/ui/states.tsx'
import { toast } from '../../design/ui/toast.ts'
import { sessionQuery } from '../workspace/index.ts'
import { sessionsQuery } from './account-queries.ts'
import { describeDevice } from './device-name.ts'

const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** Where the person is signed in, with a button to end each session. */
export function SessionsCard() {
  const sessions = useQuery(sessionsQuery)
  const [isEndingAll, setEndingAll] = useState(false)
  const columns: Column<OwnSession>[] = [
    { label: 'Device', head: true, cell: (session) => describeDevice(session.userAgent) },
    { label: 'Network address', cell: (session) => session.address || 'Unknown', width: '11rem' },
    {
      label: 'Signed in',
      cell: (session) => instant(session.signedInAt, 'dayTime', timeZone),
      width: '9rem',
    },
    {
      label: 'Last seen',
      cell: (session) => instant(session.lastSeenAt, 'dayTime', timeZone),
      width: '9rem',
    },
    { label: 'End', actions: true, width: '8rem', cell: (session) => <EndSession session={session} /> },
  ]
  return (
    <Card
      title="Sessions"
      caption={`Browsers in which you are signed in, in the time zone of this one, ${timeZone.replaceAll('_', ' ')}.`}
      actions={
        <Button variant="default" size="xs" onClick={() => setEndingAll(true)}>
          Sign out everywhere
        </Button>
      }
      flush
    >
      <Loaded query={sessions} what="Your sessions" skeleton={<SkeletonRows count={2} label="sessions" />}>
        {(list) => (
          <DataTable name="Sessions" columns={columns} rows={list} rowKey={(session) => session.id} />
        )}
      </Loaded>
      {isEndingAll && <EndAllDialog onClose={() => setEndingAll(false)} />}
    </Card>
  )
}

function EndSession({ session }: { session: OwnSession }) {
  const queryClient = useQueryClient()
  const end = useMutation({
    mutationFn: () => api.DELETE('/v1/account/sessions/{id}', { params: { path: { id: session.id } } }),
    onSuccess: async () => {
      toast(`Session of ${describeDevice(session.userAgent)} ended`)
      await queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey })
    },
    onError: (error) => toast(asProblem(error).message),
  })
  if (session.current) {
    return (
      <StatusIcon icon={IconCircleCheck} tone="good">
        This one
      </StatusIcon>
    )
  }
  return (
    <Button
      variant="default"
      size="compact-sm"
      loading={end.isPending}
      onClick={() => end.mutate()}
      aria-label={`End the session of ${describeDevice(session.userAgent)} at ${session.address}`}
    >
      End session
    </Button>
  )
}

function EndAllDialog({ onClose }: { onClose: () => void }) {
  const queryClient = useQueryClient()
  const router = useRouter()
  return (
    <Confirm
      title="Sign out everywhere?"
      button="Sign out everywhere"
      act={() => api.POST('/v1/account/sign-out-everywhere')}
      onDone={async () => {
        chooseWorkspace(null)
        await router.navigate({ href: '/sign-in' })
        queryClient.clear()
        queryClient.setQueryData(sessionQuery.queryKey, null)
      }}
      onClose={onClose}
    >
      All your sessions end, this one included. API keys keep working.
    </Confirm>
  )
}
