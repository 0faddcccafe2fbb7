import { VisuallyHidden } from '@mantine/core'
import { IconMapPinOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useDocumentTitle } from '../design/ui/Page.tsx'
import { Empty } from '../design/ui/states.tsx'

export function NotFound() {
  useDocumentTitle('No such page')
  return (
    <main>
      <VisuallyHidden component="h1">No such page</VisuallyHidden>
      <Empty icon={<IconMapPinOff size={22} stroke={1.5} />} title="There is no such page">
        The address may be old, or mistyped. <Link to="/live">Go to Live calls</Link>
      </Empty>
    </main>
  )
}
