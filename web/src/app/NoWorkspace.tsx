import { Button, VisuallyHidden } from '@mantine/core'
import { IconDoorOff } from '@tabler/icons-react'
import type { Session } from '../api/types.ts'
import { useDocumentTitle } from '../design/ui/Page.tsx'
import { Empty } from '../design/ui/states.tsx'
import { useSignOut } from '../features/sign-in/index.ts'

/** Shown to a person who was removed from their last workspace. */
export function NoWorkspace({ session }: { session: Session }) {
  const signOut = useSignOut()
  useDocumentTitle('No workspace')
  return (
    <main>
      <VisuallyHidden component="h1">No workspace</VisuallyHidden>
      <Empty
        icon={<IconDoorOff size={22} stroke={1.5} />}
        title="You are not in a workspace"
        action={
          <Button variant="default" onClick={() => void signOut()}>
            Sign out
          </Button>
        }
      >
        {session.user.email} is signed in but no longer belongs to a workspace. Ask an owner to invite you.
      </Empty>
    </main>
  )
}
