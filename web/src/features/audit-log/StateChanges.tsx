import { IconArrowRight } from '@tabler/icons-react'
import { useState } from 'react'
import type { AuditEntry } from '../../api/types.ts'
import classes from './StateChanges.module.css'
import { type FieldChange, listChanges } from './state-changes.ts'

/** Fields that are shown at once; the others on request. */
const SHOWN_MAX = 3

/** What an action changed, field by field: the value before, struck through, and the value after. */
export function StateChanges({ entry, timeZone }: { entry: AuditEntry; timeZone: string }) {
  const [all, setAll] = useState(false)
  const changes = listChanges(entry.before, entry.after, timeZone)
  if (changes.length === 0) return <span className={classes.nothing}>–</span>
  // One field more than fits takes no more room than the button.
  const fits = changes.length <= SHOWN_MAX + 1
  const shown = all || fits ? changes : changes.slice(0, SHOWN_MAX)
  return (
    <div className={classes.list}>
      <ul className={classes.changes}>
        {shown.map((change) => (
          <li key={change.label}>
            <Change change={change} />
          </li>
        ))}
      </ul>
      {!fits && (
        <button
          type="button"
          className={classes.more}
          aria-expanded={all}
          onClick={() => setAll((was) => !was)}
        >
          {all ? 'Show less' : `${changes.length - SHOWN_MAX} more`}
        </button>
      )}
    </div>
  )
}

function Change({ change: { label, before, after } }: { change: FieldChange }) {
  return (
    <>
      <span className={classes.label}>{label}: </span>
      {before !== undefined && (
        <del className={classes.before}>
          {after !== undefined && <span className={classes.spoken}>from </span>}
          {before}
        </del>
      )}
      {before !== undefined && after !== undefined && (
        <>
          <IconArrowRight size={13} stroke={1.75} aria-hidden className={classes.arrow} />
          <span className={classes.spoken}> to </span>
        </>
      )}
      {after !== undefined && <ins className={classes.after}>{after}</ins>}
    </>
  )
}
