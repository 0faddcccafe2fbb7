import { Button, Select } from '@mantine/core'
import type { Agent } from '../../api/types.ts'
import { DatesControl } from '../../design/ui/DatesControl.tsx'
import { setFilter } from '../../design/ui/set-filter.ts'
import classes from './HistoryFilters.module.css'
import { type HistorySearch, isFiltered } from './history-search.ts'
import { directionLabels } from './labels.ts'
import { StatusControl } from './StatusControl.tsx'

function listOptions<Value extends string>(words: Record<Value, string>): { value: Value; label: string }[] {
  return (Object.keys(words) as Value[]).map((value) => ({ value, label: words[value] }))
}

export function HistoryFilters(props: {
  search: HistorySearch
  agents: Agent[]
  today: string
  onChange: (search: HistorySearch) => void
}) {
  const { search, onChange } = props
  const { window: _window, from: _from, to: _to, ...others } = search
  const agentOptions = props.agents.map((agent) => ({ value: agent.id, label: agent.name }))
  if (search.agent !== undefined && !agentOptions.some((option) => option.value === search.agent)) {
    // Archived agents are not in the list, but their calls are in the history.
    agentOptions.push({ value: search.agent, label: 'Archived agent' })
  }
  return (
    <search className={classes.filters} aria-label="Call history filters">
      <DatesControl
        dates={search}
        today={props.today}
        onChange={(dates) => onChange({ ...others, ...dates })}
      />
      <Select
        aria-label="Agent"
        placeholder="Any agent"
        data={agentOptions}
        value={search.agent ?? null}
        onChange={(agent) => onChange(setFilter(search, 'agent', agent))}
        searchable
        clearable
        nothingFoundMessage="No agents found"
        className={classes.filter ?? ''}
      />
      <Select
        aria-label="Direction"
        placeholder="Any direction"
        data={listOptions(directionLabels)}
        value={search.direction ?? null}
        onChange={(direction) => onChange(setFilter(search, 'direction', direction))}
        clearable
        className={classes.filter ?? ''}
      />
      <StatusControl search={search} onChange={onChange} />
      {isFiltered(search) && (
        <Button variant="subtle" color="gray" onClick={() => onChange({})}>
          Clear
        </Button>
      )}
    </search>
  )
}
