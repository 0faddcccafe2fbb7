import { type ReactNode, useId } from 'react'
import classes from './ChoiceList.module.css'

export type Choice<Value extends string> = {
  value: Value
  label: string
  note?: ReactNode
  /** Shown at the end of the line. */
  end?: ReactNode
}

/** Radio buttons with a note for each choice. The arrow keys move between them. */
export function ChoiceList<Value extends string>(props: {
  legend: string
  choices: readonly Choice<Value>[]
  value: Value | null
  onChange: (value: Value) => void
  disabled?: boolean
}) {
  const name = useId()
  return (
    <fieldset className={classes.list} disabled={props.disabled ?? false}>
      <legend className={classes.legend}>{props.legend}</legend>
      {props.choices.map((choice) => (
        <label key={choice.value} className={classes.choice}>
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === props.value}
            onChange={() => props.onChange(choice.value)}
            className={classes.radio}
            {...(choice.value === props.value ? { 'data-autofocus': true } : {})}
          />
          <span className={classes.text}>
            <span className={classes.label}>{choice.label}</span>
            {choice.note !== undefined && <span className={classes.note}>{choice.note}</span>}
          </span>
          {choice.end !== undefined && <span className={classes.end}>{choice.end}</span>}
        </label>
      ))}
    </fieldset>
  )
}
