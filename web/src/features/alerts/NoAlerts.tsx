import { IconBell } from '@tabler/icons-react'
import { Empty } from '../../design/ui/states.tsx'

/** Nothing has happened that people should hear of. */
export function NoAlerts() {
  return (
    <Empty icon={<IconBell size={20} stroke={1.75} />} title="No alerts">
      You hear here, and by email as you choose, when credits run low or out, when a card is declined, and
      when a campaign pauses.
    </Empty>
  )
}
