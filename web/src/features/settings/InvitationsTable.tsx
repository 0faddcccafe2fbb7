import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import type { Invitation } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import { toast } from '../../design/ui/toast.ts'
import { workspaceQuery } from '../workspace/index.ts'
import { roleLabels } from './roles.ts'
import { invitationsQuery } from './settings-queries.ts'

export function InvitationsTable({ invitations }: { invitations: Invitation[] }) {
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  const columns: Column<Invitation>[] = [
    { label: 'Email', head: true, cell: (invitation) => invitation.email },
    {
      label: 'Ends',
      cell: (invitation) => instant(invitation.expiresAt, 'dayTime', timeZone),
      width: '9rem',
    },
    { label: 'Role', cell: (invitation) => roleLabels[invitation.role], width: '10rem' },
    { label: 'Withdraw', actions: true, cell: (invitation) => <Withdraw invitation={invitation} /> },
  ]
  return (
    <DataTable
      name="Invitations that are not accepted yet"
      columns={columns}
      rows={invitations}
      rowKey={(invitation) => invitation.id}
    />
  )
}

function Withdraw({ invitation }: { invitation: Invitation }) {
  const queryClient = useQueryClient()
  const withdraw = useMutation({
    mutationFn: () => api.DELETE('/v1/invitations/{id}', { params: { path: { id: invitation.id } } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: invitationsQuery.queryKey })
      toast(`The invitation of ${invitation.email} is withdrawn`)
    },
    onError: (error) => toast(asProblem(error).message),
  })
  return (
    <Button
      variant="default"
      size="compact-sm"
      loading={withdraw.isPending}
      onClick={() => withdraw.mutate()}
      aria-label={`Withdraw the invitation of ${invitation.email}`}
    >
      Withdraw
    </Button>
  )
}
