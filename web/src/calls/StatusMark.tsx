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
import type { CallStatus } from '../api/types.ts'
import classes from './StatusMark.module.css'
import { statusWords } from './words.ts'

const marks: Record<CallStatus, { icon: TablerIcon; tone: 'live' | 'wait' | 'plain' | 'warn' | 'bad' }> = {
  authorized: { icon: IconPhoneCalling, tone: 'wait' },
  in_conversation: { icon: IconWaveSine, tone: 'live' },
  ended: { icon: IconCircleCheck, tone: 'plain' },
  refused: { icon: IconBan, tone: 'bad' },
  unanswered: { icon: IconPhoneX, tone: 'plain' },
  failed: { icon: IconAlertTriangle, tone: 'bad' },
  lost: { icon: IconQuestionMark, tone: 'warn' },
}

/** A call's status: an icon and its word, never colour alone. */
export function StatusMark({ status }: { status: CallStatus }) {
  const { icon: Icon, tone } = marks[status]
  return (
    <span className={classes.mark} data-tone={tone}>
      <Icon size={16} stroke={1.75} className={classes.icon} aria-hidden />
      {statusWords[status]}
    </span>
  )
}
