import {
  IconBuildingBank,
  IconCircleCheck,
  IconCircleX,
  IconHourglass,
  type Icon as TablerIcon,
} from '@tabler/icons-react'
import type { Purchase } from '../../api/types.ts'
import { StatusIcon, type Tone } from '../../design/ui/StatusIcon.tsx'

const marks: Record<Purchase['status'], { icon: TablerIcon; word: string; tone: Tone }> = {
  succeeded: { icon: IconCircleCheck, word: 'Paid', tone: 'good' },
  requires_action: { icon: IconBuildingBank, word: 'Waits for your bank', tone: 'warn' },
  pending: { icon: IconHourglass, word: 'Being found out', tone: 'wait' },
  failed: { icon: IconCircleX, word: 'Declined', tone: 'bad' },
}

/** What became of a payment: an icon and its word, never colour alone. */
export function PaymentStatus({ status }: { status: Purchase['status'] }) {
  const { word, ...mark } = marks[status]
  return <StatusIcon {...mark}>{word}</StatusIcon>
}
