import { ActionIcon, Checkbox, SegmentedControl, Select, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { type Weekday, weekdays } from '@talktime/core/campaigns/calling-hours'
import { useId } from 'react'
import { listZoneOptions } from '../../design/format/time-zones.ts'
import classes from './HoursEditor.module.css'
import { dayName, type HoursFields, type SpanFields, suggestSpans } from './hours-form.ts'

type Props = { value: HoursFields; onChange: (value: HoursFields) => void; error?: string | null | undefined }

/** Edits the calling hours: at any time, or by weekday in a time zone. */
export function HoursEditor({ value, onChange, error }: Props) {
  const errorId = useId()
  const setSpans = (day: Weekday, spans: SpanFields[]) =>
    onChange({ ...value, days: { ...value.days, [day]: spans } })
  return (
    <fieldset
      aria-label="Calling hours"
      tabIndex={-1}
      data-path="callingHours"
      className={classes.editor}
      {...(error ? { 'aria-describedby': errorId } : {})}
    >
      <SegmentedControl
        data={[
          { value: 'hours', label: 'At set hours' },
          { value: 'any', label: 'At any time' },
        ]}
        value={value.anyTime ? 'any' : 'hours'}
        onChange={(chosen) => onChange({ ...value, anyTime: chosen === 'any' })}
        aria-label="When to call"
      />
      {!value.anyTime && (
        <>
          <Select
            label="Time zone"
            data={listZoneOptions(value.timeZone)}
            value={value.timeZone}
            onChange={(timeZone) => timeZone !== null && onChange({ ...value, timeZone })}
            searchable
            allowDeselect={false}
            limit={100}
            nothingFoundMessage="No time zones found"
          />
          <ul className={classes.days}>
            {weekdays.map((day) => (
              <li key={day} className={classes.day}>
                <Checkbox
                  label={dayName(day)}
                  checked={value.days[day].length > 0}
                  onChange={(event) =>
                    setSpans(day, event.currentTarget.checked ? suggestSpans(value.days, day) : [])
                  }
                  className={classes.name ?? ''}
                />
                <DaySpans day={day} spans={value.days[day]} onChange={(spans) => setSpans(day, spans)} />
              </li>
            ))}
          </ul>
          <p className={classes.note}>Use 00:00 as the end for midnight.</p>
        </>
      )}
      {error && (
        <p id={errorId} className={classes.error} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  )
}

function DaySpans(props: { day: Weekday; spans: SpanFields[]; onChange: (spans: SpanFields[]) => void }) {
  const { spans, onChange } = props
  const name = dayName(props.day)
  if (spans.length === 0) return <span className={classes.none}>No calls</span>
  const set = (index: number, part: Partial<SpanFields>) =>
    onChange(spans.map((span, at) => (at === index ? { ...span, ...part } : span)))
  return (
    <div className={classes.spans}>
      {spans.map((span, index) => {
        const which = spans.length > 1 ? ` (${index + 1} of ${spans.length})` : ''
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a span has no identity but its position.
          <div key={index} className={classes.span}>
            <TextInput
              type="time"
              size="xs"
              className={classes.time ?? ''}
              aria-label={`${name}${which}, start`}
              value={span.from}
              onChange={(event) => set(index, { from: event.currentTarget.value })}
            />
            <span aria-hidden>–</span>
            <TextInput
              type="time"
              size="xs"
              className={classes.time ?? ''}
              aria-label={`${name}${which}, end`}
              value={span.to}
              onChange={(event) => set(index, { to: event.currentTarget.value })}
            />
            {index === 0 ? (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`${name}: add hours`}
                onClick={() => onChange([...spans, { from: '', to: '' }])}
              >
                <IconPlus size={15} stroke={1.75} aria-hidden />
              </ActionIcon>
            ) : (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`${name}${which}: remove these hours`}
                onClick={() => onChange(spans.filter((_, at) => at !== index))}
              >
                <IconX size={15} stroke={1.75} aria-hidden />
              </ActionIcon>
            )}
          </div>
        )
      })}
    </div>
  )
}
