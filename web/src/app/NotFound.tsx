import { VisuallyHidden } from '@mantine/core'
import { IconMapPinOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useDocumentTitle } from '../design/ui/Page.tsx'
import { Empty } from '../design/ui/states.tsx'

export function NotFound() {
  useDocumentTitle('Page not found')
  return (
    <main>
      <VisuallyHidden component="h1">Page not found</VisuallyHidden>
      <Empty icon={<IconMapPinOff size={22} stroke={1.5} />} title="Page not found">
        The link may be outdated or mistyped. <Link to="/live">Go to Live calls</Link>
      </Empty>
    </main>
  )
}
