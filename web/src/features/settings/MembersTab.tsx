import { Button } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { SkeletonRows } from '../../design/ui/states.tsx'
import { mayManage, membersQuery, ReadOnlyNote, useMembership } from '../workspace/index.ts'
import { InvitationsTable } from './InvitationsTable.tsx'
import { InviteDialog } from './InviteDialog.tsx'
import { MembersTable } from './MembersTable.tsx'
import { SecondFactorCard } from './SecondFactorCard.tsx'
import { invitationsQuery } from './settings-queries.ts'

export function MembersTab() {
  const members = useQuery(membersQuery)
  const { workspace } = useMembership()
  const manages = mayManage(workspace.role)
  const invitations = useQuery({ ...invitationsQuery, enabled: manages })
  const [inviting, setInviting] = useState(false)
  return (
    <>
      <ReadOnlyNote what="invite, change or remove members" />
      <Card
        title="Members"
        caption="Owners can do everything. Admins manage everything except owners. Members have read access."
        actions={
          <Button
            size="xs"
            leftSection={<IconUserPlus size={15} stroke={1.75} aria-hidden />}
            disabled={!manages}
            onClick={() => setInviting(true)}
          >
            Invite
          </Button>
        }
        flush
      >
        <Loaded query={members} what="Members" skeleton={<SkeletonRows count={2} label="members" />}>
          {(list) => <MembersTable members={list} />}
        </Loaded>
      </Card>
      {manages && (invitations.data === undefined || invitations.data.length > 0) && (
        <Card
          title="Invitations"
          caption="Not accepted yet. The link of an invitation is only shown when it is created."
          flush
        >
          <Loaded
            query={invitations}
            what="Invitations"
            skeleton={<SkeletonRows count={1} label="invitations" />}
          >
            {(list) => <InvitationsTable invitations={list} />}
          </Loaded>
        </Card>
      )}
      <SecondFactorCard />
      {inviting && (
        <InviteDialog mayInviteOwner={workspace.role === 'owner'} onClose={() => setInviting(false)} />
      )}
    </>
  )
}
