import { IconBell } from '@tabler/icons-react'
import { Empty } from '../../design/ui/states.tsx'

/** The empty state of alerts. */
export function NoAlerts() {
  return (
    <Empty icon={<IconBell size={20} stroke={1.75} />} title="No alerts">
      Alerts appear here, and by email if you choose, when credits run low or out, a card is declined or a
      campaign pauses.
    </Empty>
  )
}
