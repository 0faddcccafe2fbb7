import {
  IconCircleCheck,
  IconClock,
  IconPencil,
  IconPhoneCalling,
  IconPlayerPause,
  type Icon as TablerIcon,
} from '@tabler/icons-react'
import type { CampaignStatus } from '../../api/types.ts'
import { StatusIcon, type Tone } from '../../design/ui/StatusIcon.tsx'
import classes from './CampaignStatusIcon.module.css'
import { statusLabels } from './labels.ts'

const marks: Record<CampaignStatus, { icon: TablerIcon; tone: Tone }> = {
  draft: { icon: IconPencil, tone: 'plain' },
  scheduled: { icon: IconClock, tone: 'wait' },
  running: { icon: IconPhoneCalling, tone: 'good' },
  paused: { icon: IconPlayerPause, tone: 'warn' },
  completed: { icon: IconCircleCheck, tone: 'plain' },
}

/** The icon of a campaign's status, beside words that say it. */
export function CampaignStatusIcon({ status }: { status: CampaignStatus }) {
  const { icon: Icon, tone } = marks[status]
  return <Icon size={20} stroke={1.75} className={classes.icon} data-tone={tone} aria-hidden />
}

/** A campaign's status: an icon and its word. */
export function CampaignStatusLabel({ status }: { status: CampaignStatus }) {
  return <StatusIcon {...marks[status]}>{statusLabels[status]}</StatusIcon>
}
