import { Button, Popover, TextInput } from '@mantine/core'
import { IconCalendar, IconCheck, IconChevronDown } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { isDate, windowPresets } from '../../design/format/date-window.ts'
import classes from '../../design/ui/FilterButton.module.css'
import {
  type Dates,
  nameWindow,
  readPreset,
  type UsagePreset,
  type UsageSearch,
  usagePresets,
} from './usage-search.ts'

/** Whether the control is open. `custom` opens it with the focus in the date fields. */
export type WindowControlState = 'closed' | 'open' | 'custom'

/** Chooses the dates: a preset, or a first and last day. */
export function WindowControl(props: {
  search: UsageSearch
  /** The dates on screen; null while they load. */
  dates: Dates | null
  today: string
  state: WindowControlState
  onState: (state: WindowControlState) => void
  onPreset: (preset: UsagePreset) => void
  onDates: (dates: Dates) => void
}) {
  const { search, state, onState } = props
  const preset = readPreset(search)
  const close = () => onState('closed')
  return (
    <Popover
      opened={state !== 'closed'}
      onChange={(opened) => onState(opened ? 'open' : 'closed')}
      position="bottom-start"
      width={304}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          onClick={() => onState(state === 'closed' ? 'open' : 'closed')}
          leftSection={<IconCalendar size={15} stroke={1.75} aria-hidden />}
          rightSection={<IconChevronDown size={14} stroke={1.75} aria-hidden />}
          aria-label={`Dates: ${nameWindow(search)}`}
        >
          {nameWindow(search)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <ul className={classes.options}>
          {usagePresets.map((value) => (
            <li key={value}>
              <button
                type="button"
                className={classes.option}
                aria-pressed={value === preset}
                onClick={() => {
                  close()
                  props.onPreset(value)
                }}
              >
                {windowPresets[value]}
                {value === preset && <IconCheck size={14} aria-hidden />}
              </button>
            </li>
          ))}
        </ul>
        <CustomDates
          dates={props.dates}
          today={props.today}
          autoFocus={state === 'custom'}
          onDates={(dates) => {
            close()
            props.onDates(dates)
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}

/** Two date fields with a button: a date that is still being typed is some other date, so nothing loads before. */
function CustomDates(props: {
  dates: Dates | null
  today: string
  autoFocus: boolean
  onDates: (dates: Dates) => void
}) {
  const [from, setFrom] = useState(props.dates?.from ?? '')
  const [to, setTo] = useState(props.dates?.to ?? '')
  const [tried, setTried] = useState(false)
  const fromError = isDate(from) && from >= '2000-01-01' ? null : 'Enter a date after 1999'
  const toError = isDate(to) ? (to < from ? 'Must not be before the first day' : null) : 'Enter a date'
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (fromError === null && toError === null) props.onDates({ from, to })
  }
  return (
    <form onSubmit={submit} noValidate aria-label="Custom dates">
      <div className={classes.dates}>
        <TextInput
          type="date"
          label="First day"
          size="xs"
          max={props.today}
          value={from}
          error={tried && fromError}
          onChange={(event) => setFrom(event.currentTarget.value)}
          {...(props.autoFocus && { 'data-autofocus': true })}
        />
        <TextInput
          type="date"
          label="Last day"
          size="xs"
          max={props.today}
          value={to}
          error={tried && toError}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
      </div>
      <Button type="submit" size="xs" fullWidth mt="xs" variant="default">
        Show these dates
      </Button>
    </form>
  )
}
