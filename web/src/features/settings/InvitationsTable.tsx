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
      label: 'Expires',
      cell: (invitation) => instant(invitation.expiresAt, 'dayTime', timeZone),
      width: '9rem',
    },
    { label: 'Role', cell: (invitation) => roleLabels[invitation.role], width: '10rem' },
    { label: 'Revoke', actions: true, cell: (invitation) => <Revoke invitation={invitation} /> },
  ]
  return (
    <DataTable
      name="Pending invitations"
      columns={columns}
      rows={invitations}
      rowKey={(invitation) => invitation.id}
    />
  )
}

function Revoke({ invitation }: { invitation: Invitation }) {
  const queryClient = useQueryClient()
  const revoke = useMutation({
    mutationFn: () => api.DELETE('/v1/invitations/{id}', { params: { path: { id: invitation.id } } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: invitationsQuery.queryKey })
      toast(`Invitation for ${invitation.email} revoked`)
    },
    onError: (error) => toast(asProblem(error).message),
  })
  return (
    <Button
      variant="default"
      size="compact-sm"
      loading={revoke.isPending}
      onClick={() => revoke.mutate()}
      aria-label={`Revoke the invitation for ${invitation.email}`}
    >
      Revoke
    </Button>
  )
}
