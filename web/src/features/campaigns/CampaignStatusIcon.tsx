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

const icons: Record<CampaignStatus, { icon: TablerIcon; tone: Tone }> = {
  draft: { icon: IconPencil, tone: 'plain' },
  scheduled: { icon: IconClock, tone: 'wait' },
  running: { icon: IconPhoneCalling, tone: 'good' },
  paused: { icon: IconPlayerPause, tone: 'warn' },
  completed: { icon: IconCircleCheck, tone: 'plain' },
}

/** The icon of a campaign's status, for use beside a text that names the status. */
export function CampaignStatusIcon({ status }: { status: CampaignStatus }) {
  const { icon: Icon, tone } = icons[status]
  return <Icon size={20} stroke={1.75} className={classes.icon} data-tone={tone} aria-hidden />
}

/** A campaign's status as an icon with its label. */
export function CampaignStatusLabel({ status }: { status: CampaignStatus }) {
  return <StatusIcon {...icons[status]}>{statusLabels[status]}</StatusIcon>
}
