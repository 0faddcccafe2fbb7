import { Button, Group, VisuallyHidden } from '@mantine/core'
import { IconShieldLock } from '@tabler/icons-react'
import { useState } from 'react'
import { chooseWorkspace } from '../../api/workspace-choice.ts'
import { useDocumentTitle } from '../../design/ui/Page.tsx'
import { Empty } from '../../design/ui/states.tsx'
import { useSignOut } from '../sign-in/index.ts'
import type { Membership } from '../workspace/index.ts'
import { EnrollDialog } from './EnrollDialog.tsx'

/** Shown in a workspace that requires a second factor to a member who has none. It is all they can see of it. */
export function SecondFactorWall({ membership }: { membership: Membership }) {
  const { session, workspace } = membership
  const [isEnrolling, setEnrolling] = useState(false)
  const signOut = useSignOut()
  const other = session.workspaces.find(
    ({ id, requiresSecondFactor }) => id !== workspace.id && !requiresSecondFactor,
  )
  useDocumentTitle('Two-step sign-in required')
  return (
    <main>
      <VisuallyHidden component="h1">Two-step sign-in required</VisuallyHidden>
      <Empty
        icon={<IconShieldLock size={22} stroke={1.5} />}
        title={`${workspace.name} requires two-step sign-in`}
        action={
          <Group justify="center" gap="xs">
            <Button onClick={() => setEnrolling(true)}>Turn it on</Button>
            {other !== undefined && (
              <Button
                variant="default"
                onClick={() => {
                  chooseWorkspace(other.id)
                  location.assign('/live')
                }}
              >
                Go to {other.name}
              </Button>
            )}
            <Button variant="default" onClick={() => void signOut()}>
              Sign out
            </Button>
          </Group>
        }
      >
        Its owners ask every member for a code of an authenticator app besides the password. It takes a minute
        to set up, with the app on your phone.
      </Empty>
      {isEnrolling && <EnrollDialog onClose={() => setEnrolling(false)} />}
    </main>
  )
}
