import {
  IconBuildingBank,
  IconCircleCheck,
  IconCircleX,
  IconHourglass,
  type Icon as TablerIcon,
} from '@tabler/icons-react'
import type { Purchase } from '../../api/types.ts'
import { StatusIcon, type Tone } from '../../design/ui/StatusIcon.tsx'

const icons: Record<Purchase['status'], { icon: TablerIcon; label: string; tone: Tone }> = {
  succeeded: { icon: IconCircleCheck, label: 'Paid', tone: 'good' },
  requires_action: { icon: IconBuildingBank, label: 'Confirm with bank', tone: 'warn' },
  pending: { icon: IconHourglass, label: 'Checking', tone: 'wait' },
  failed: { icon: IconCircleX, label: 'Declined', tone: 'bad' },
}

/** The status of a payment, as an icon with its label. */
export function PaymentStatus({ status }: { status: Purchase['status'] }) {
  const { label, ...icon } = icons[status]
  return <StatusIcon {...icon}>{label}</StatusIcon>
}
