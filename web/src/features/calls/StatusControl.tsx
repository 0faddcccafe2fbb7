import { Button, Popover } from '@mantine/core'
import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import type { CallStatus } from '../../api/types.ts'
import classes from '../../design/ui/FilterButton.module.css'
import { CallStatusIcon } from './CallStatusIcon.tsx'
import type { HistorySearch } from './history-search.ts'
import { statusLabels } from './labels.ts'

const all = Object.keys(statusLabels) as CallStatus[]

/** Chooses statuses. Choosing none means any. */
export function StatusControl(props: { search: HistorySearch; onChange: (search: HistorySearch) => void }) {
  const { status: listed, ...others } = props.search
  const chosen = all.filter((status) => listed?.split(',').includes(status))
  const toggle = (status: CallStatus) => {
    const next = all.filter((one) => (one === status ? !chosen.includes(one) : chosen.includes(one)))
    props.onChange(next.length === 0 ? others : { ...others, status: next.join(',') })
  }
  const shown = describeChoice(chosen)
  return (
    <Popover position="bottom-start" width={216} trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          rightSection={<IconChevronDown size={14} stroke={1.75} aria-hidden />}
          className={classes.button ?? ''}
          aria-label={`Status: ${shown}`}
        >
          {shown}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <ul className={classes.options}>
          {all.map((status) => (
            <li key={status}>
              <button
                type="button"
                className={classes.option}
                aria-pressed={chosen.includes(status)}
                onClick={() => toggle(status)}
              >
                <CallStatusIcon status={status} />
                {chosen.includes(status) && <IconCheck size={14} aria-hidden />}
              </button>
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  )
}

function describeChoice(chosen: CallStatus[]): string {
  const [first, second] = chosen
  if (first === undefined) return 'Any status'
  if (second === undefined) return statusLabels[first]
  if (chosen.length === 2) return `${statusLabels[first]}, ${statusLabels[second]}`
  return `${statusLabels[first]} and ${chosen.length - 1} more`
}
