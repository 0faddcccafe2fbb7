import { IconAlertTriangle, IconPoint } from '@tabler/icons-react'
import classes from './Outlook.module.css'
import type { Prospect } from './outlook.ts'

/** Lists what will happen. */
export function Outlook({ prospects }: { prospects: readonly Prospect[] }) {
  return (
    <ul className={classes.list}>
      {prospects.map(({ tone, text }) => {
        const Icon = tone === 'warn' ? IconAlertTriangle : IconPoint
        return (
          <li key={text} className={classes.prospect} data-tone={tone}>
            <Icon size={18} stroke={1.75} className={classes.icon} aria-hidden />
            <span>{text}</span>
          </li>
        )
      })}
    </ul>
  )
}
