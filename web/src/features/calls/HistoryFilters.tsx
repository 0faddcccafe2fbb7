import { Button, Select } from '@mantine/core'
import type { Agent } from '../../api/types.ts'
import { DatesControl } from './DatesControl.tsx'
import classes from './HistoryFilters.module.css'
import { type HistorySearch, isNarrowed } from './history-search.ts'
import { directionWords } from './labels.ts'
import { StatusControl } from './StatusControl.tsx'

function options<Value extends string>(words: Record<Value, string>): { value: Value; label: string }[] {
  return (Object.keys(words) as Value[]).map((value) => ({ value, label: words[value] }))
}

/** Sets or, with null, takes away one part of the address. */
function withPart<Name extends keyof HistorySearch>(
  search: HistorySearch,
  name: Name,
  value: HistorySearch[Name] | null,
): HistorySearch {
  const { [name]: _old, ...rest } = search
  return value === null || value === undefined ? rest : { ...rest, [name]: value }
}

export function HistoryFilters(props: {
  search: HistorySearch
  agents: Agent[]
  today: string
  onChange: (search: HistorySearch) => void
}) {
  const { search, onChange } = props
  const agentOptions = props.agents.map((agent) => ({ value: agent.id, label: agent.name }))
  if (search.agent !== undefined && !agentOptions.some((option) => option.value === search.agent)) {
    // An archived agent has left the list, but its calls are still there.
    agentOptions.push({ value: search.agent, label: 'Archived agent' })
  }
  return (
    <search className={classes.filters} aria-label="Filters of the call history">
      <DatesControl search={search} today={props.today} onChange={onChange} />
      <Select
        aria-label="Agent"
        placeholder="Any agent"
        data={agentOptions}
        value={search.agent ?? null}
        onChange={(agent) => onChange(withPart(search, 'agent', agent))}
        searchable
        clearable
        nothingFoundMessage="No such agent"
        className={classes.filter ?? ''}
      />
      <Select
        aria-label="Direction"
        placeholder="Any direction"
        data={options(directionWords)}
        value={search.direction ?? null}
        onChange={(direction) => onChange(withPart(search, 'direction', direction))}
        clearable
        className={classes.filter ?? ''}
      />
      <StatusControl search={search} onChange={onChange} />
      {isNarrowed(search) && (
        <Button variant="subtle" color="gray" onClick={() => onChange({})}>
          Clear
        </Button>
      )}
    </search>
  )
}
