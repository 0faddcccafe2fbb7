import type { Icon as TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './StatusIcon.module.css'

export type Tone = 'good' | 'wait' | 'plain' | 'warn' | 'bad'

/** A status as an icon with its label. The color is never the only sign. */
export function StatusIcon({
  icon: Icon,
  tone,
  children,
}: {
  icon: TablerIcon
  tone: Tone
  children: ReactNode
}) {
  return (
    <span className={classes.mark} data-tone={tone}>
      <Icon size={16} stroke={1.75} className={classes.icon} aria-hidden />
      {children}
    </span>
  )
}
