import { ActionIcon, Select, Tooltip } from '@mantine/core'
import { IconUserMinus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import type { Member, Role } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { Confirm } from '../../design/ui/Confirm.tsx'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import { toast } from '../../design/ui/toast.ts'
import { membersQuery, sessionQuery, useMembership, workspaceQuery } from '../workspace/index.ts'
import classes from './MembersTable.module.css'
import { listRoleOptions, roleLabels } from './roles.ts'

export function MembersTable({ members }: { members: Member[] }) {
  const { workspace } = useMembership()
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  const queryClient = useQueryClient()
  const [removing, setRemoving] = useState<Member | null>(null)
  // Only owners may change owners.
  const mayChange = (member: Member) =>
    workspace.role === 'owner' || (workspace.role === 'admin' && member.role !== 'owner')
  const reload = () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: membersQuery.queryKey }),
      queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey }),
    ])

  const columns: Column<Member>[] = [
    { label: 'Member', head: true, cell: (member) => <Who member={member} /> },
    { label: 'Joined', cell: (member) => instant(member.joinedAt, 'date', timeZone), width: '9rem' },
    {
      label: 'Role',
      width: '10rem',
      cell: (member) =>
        mayChange(member) ? (
          <RoleSelect member={member} mayMakeOwner={workspace.role === 'owner'} onChanged={reload} />
        ) : (
          roleLabels[member.role]
        ),
    },
    {
      label: 'Remove',
      actions: true,
      cell: (member) =>
        mayChange(member) && <RemoveButton member={member} onClick={() => setRemoving(member)} />,
    },
  ]
  return (
    <>
      <DataTable name="Members" columns={columns} rows={members} rowKey={(member) => member.userId} />
      {removing && (
        <Confirm
          title={`Remove ${removing.name}?`}
          button="Remove member"
          act={() => api.DELETE('/v1/members/{userId}', { params: { path: { userId: removing.userId } } })}
          onDone={() => {
            setRemoving(null)
            toast(`${removing.name} removed`)
            void reload()
          }}
          onClose={() => setRemoving(null)}
        >
          {removing.email} loses access to {workspace.name} immediately. The API keys they created stop
          working, and their open invitations are withdrawn.
        </Confirm>
      )}
    </>
  )
}

function Who({ member }: { member: Member }) {
  const { session } = useMembership()
  return (
    <span className={classes.who}>
      <span>
        {member.name}
        {member.userId === session.user.id && <span className={classes.quiet}> (you)</span>}
      </span>
      <span className={classes.email}>{member.email}</span>
    </span>
  )
}

function RemoveButton({ member, onClick }: { member: Member; onClick: () => void }) {
  return (
    <Tooltip label={`Remove ${member.name}`}>
      <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${member.name}`} onClick={onClick}>
        <IconUserMinus size={16} stroke={1.75} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

function RoleSelect(props: { member: Member; mayMakeOwner: boolean; onChanged: () => Promise<unknown> }) {
  const { member } = props
  const [demoting, setDemoting] = useState(false)
  const change = useMutation({
    mutationFn: (role: Role) =>
      api.PATCH('/v1/members/{userId}', { params: { path: { userId: member.userId } }, body: { role } }),
    onSuccess: async (_answer, role) => {
      await props.onChanged()
      toast(`${member.name}’s role is now ${roleLabels[role].toLowerCase()}`)
    },
  })
  const choose = (role: Role) => (role === 'member' ? setDemoting(true) : change.mutate(role))
  return (
    <>
      <Select
        aria-label={`Role of ${member.name}`}
        size="xs"
        data={listRoleOptions(props.mayMakeOwner)}
        value={change.isPending ? change.variables : member.role}
        onChange={(role) => role !== null && role !== member.role && choose(role as Role)}
        allowDeselect={false}
        disabled={change.isPending}
        error={change.error ? asProblem(change.error).message : null}
      />
      {demoting && (
        <Confirm
          title={`Make ${member.name} a member?`}
          button="Make member"
          act={() => change.mutateAsync('member')}
          onDone={() => setDemoting(false)}
          onClose={() => setDemoting(false)}
        >
          Members can read but not change anything. The API keys {member.name} created stop working, and their
          open invitations are withdrawn.
        </Confirm>
      )}
    </>
  )
}
