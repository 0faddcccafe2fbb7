import { Checkbox } from '@mantine/core'
import type { ReactNode } from 'react'
import type { KeyScope } from '../../api/types.ts'
import { keyScopes } from './key-scopes.ts'
import classes from './ScopesField.module.css'

/** Check boxes for what a key may do. */
export function ScopesField(props: {
  value: KeyScope[]
  onChange: (scopes: KeyScope[]) => void
  /** Whether keys of this workspace may report calls. The operator decides. */
  mayReportCalls: boolean
  error?: ReactNode
}) {
  return (
    <Checkbox.Group
      label="What it may do"
      value={props.value}
      onChange={(scopes) => props.onChange(scopes as KeyScope[])}
      error={props.error}
    >
      <div className={classes.list}>
        {keyScopes.map(({ value, label, note }) => {
          const isWithheld = value === 'calls:report' && !props.mayReportCalls
          return (
            <Checkbox
              key={value}
              value={value}
              label={label}
              description={isWithheld ? 'Only with a voice stack key from the operator' : note}
              disabled={isWithheld}
              size="md"
            />
          )
        })}
      </div>
    </Checkbox.Group>
  )
}
