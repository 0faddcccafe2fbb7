import { Button, Popover, TextInput } from '@mantine/core'
import { IconCalendar, IconCheck, IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import {
  isDate,
  resolvePreset,
  type WindowPreset,
  windowInWords,
  windowPresets,
} from '../../design/format/date-window.ts'
import classes from '../../design/ui/FilterButton.module.css'
import type { HistorySearch } from './history-search.ts'

/** Chooses the dates: a preset, or a first and last day. */
export function DatesControl(props: {
  search: HistorySearch
  today: string
  onChange: (search: HistorySearch) => void
}) {
  const { search, today } = props
  const [open, setOpen] = useState(false)
  const { window, from, to, ...others } = search
  const custom = from !== undefined || to !== undefined
  const preset = custom ? null : (window ?? 'all')
  const chosen = preset === null ? search : resolvePreset(preset, today)

  const shown = preset === null || preset === 'all' ? windowInWords(chosen) : windowPresets[preset]

  const choose = (next: WindowPreset) => {
    setOpen(false)
    props.onChange(next === 'all' ? others : { ...others, window: next })
  }
  const setDate = (name: 'from' | 'to', value: string) => {
    const dates = { ...chosen, [name]: isDate(value) ? value : undefined }
    props.onChange({
      ...others,
      ...(dates.from === undefined ? {} : { from: dates.from }),
      ...(dates.to === undefined ? {} : { to: dates.to }),
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
