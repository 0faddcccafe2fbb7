import type { ReactNode } from 'react'
import classes from './SettingsRow.module.css'

/** One setting: name and note on the left, the control on the right. The control needs an `aria-label`. */
export function SettingsRow(props: { name: string; children: ReactNode; note: ReactNode }) {
  return (
    <div className={classes.row}>
      <div className={classes.text}>
        <div className={classes.name}>{props.name}</div>
        <div className={classes.note}>{props.note}</div>
      </div>
      <div className={classes.control}>{props.children}</div>
    </div>
  )
}
