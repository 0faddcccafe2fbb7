import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconPhoneCalling,
  IconPhoneX,
  IconQuestionMark,
  IconWaveSine,
  type Icon as TablerIcon,
} from '@tabler/icons-react'
import type { CallStatus } from '../../api/types.ts'
import { StatusIcon, type Tone } from '../../design/ui/StatusIcon.tsx'
import { statusLabels } from './labels.ts'

const icons: Record<CallStatus, { icon: TablerIcon; tone: Tone }> = {
  authorized: { icon: IconPhoneCalling, tone: 'wait' },
  in_conversation: { icon: IconWaveSine, tone: 'good' },
  ended: { icon: IconCircleCheck, tone: 'plain' },
  refused: { icon: IconBan, tone: 'bad' },
  unanswered: { icon: IconPhoneX, tone: 'plain' },
  failed: { icon: IconAlertTriangle, tone: 'bad' },
  lost: { icon: IconQuestionMark, tone: 'warn' },
}

/** A call's status as an icon with its label. */
export function CallStatusIcon({ status }: { status: CallStatus }) {
  return <StatusIcon {...icons[status]}>{statusLabels[status]}</StatusIcon>
}
