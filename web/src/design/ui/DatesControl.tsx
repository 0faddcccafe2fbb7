import { Button, Popover, TextInput } from '@mantine/core'
import { IconCalendar, IconCheck, IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import {
  isDate,
  resolvePreset,
  type WindowPreset,
  windowInWords,
  windowPresets,
} from '../format/date-window.ts'
import classes from './FilterButton.module.css'

/** Dates as they stand in the address of a page: a preset, or a first and last day. */
export type ChosenDates = { window?: WindowPreset; from?: string; to?: string }

/** Chooses the dates: a preset, or a first and last day. */
export function DatesControl(props: {
  dates: ChosenDates
  today: string
  onChange: (dates: ChosenDates) => void
}) {
  const { dates, today } = props
  const [open, setOpen] = useState(false)
  const { window, from, to } = dates
  const custom = from !== undefined || to !== undefined
  const preset = custom ? null : (window ?? 'all')
  const chosen = preset === null ? dates : resolvePreset(preset, today)

  const shown = preset === null || preset === 'all' ? windowInWords(chosen) : windowPresets[preset]

  const choose = (next: WindowPreset) => {
    setOpen(false)
    props.onChange(next === 'all' ? {} : { window: next })
  }
  const setDate = (name: 'from' | 'to', value: string) => {
    const next = { ...chosen, [name]: isDate(value) ? value : undefined }
    props.onChange({
      ...(next.from === undefined ? {} : { from: next.from }),
      ...(next.to === undefined ? {} : { to: next.to }),
    })
  }

  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" width={304} trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          onClick={() => setOpen((was) => !was)}
          leftSection={<IconCalendar size={16} stroke={1.75} aria-hidden />}
          rightSection={<IconChevronDown size={14} stroke={1.75} aria-hidden />}
          className={classes.button ?? ''}
          aria-label={`Dates: ${shown}`}
        >
          {shown}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <PresetList chosen={preset} onChoose={choose} />
        <div className={classes.dates}>
          <TextInput
            type="date"
            label="First day"
            size="xs"
            max={chosen.to ?? today}
            value={chosen.from ?? ''}
            onChange={(event) => setDate('from', event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label="Last day"
            size="xs"
            {...(chosen.from === undefined ? {} : { min: chosen.from })}
            value={chosen.to ?? ''}
            onChange={(event) => setDate('to', event.currentTarget.value)}
          />
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

function PresetList(props: { chosen: WindowPreset | null; onChoose: (preset: WindowPreset) => void }) {
  return (
    <ul className={classes.options}>
      {Object.entries(windowPresets).map(([value, label]) => (
        <li key={value}>
          <button
            type="button"
            className={classes.option}
            aria-pressed={value === props.chosen}
            onClick={() => props.onChoose(value as WindowPreset)}
          >
            {label}
            {value === props.chosen && <IconCheck size={14} aria-hidden />}
          </button>
        </li>
      ))}
    </ul>
  )
}
