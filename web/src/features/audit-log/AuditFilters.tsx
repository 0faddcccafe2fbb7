import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ApiKey, Member } from '../../api/types.ts'
import { DatesControl } from '../../design/ui/DatesControl.tsx'
import { setFilter } from '../../design/ui/set-filter.ts'
import { keysQuery } from '../settings/index.ts'
import { membersQuery } from '../workspace/index.ts'
import classes from './AuditFilters.module.css'
import { actionInWords, subjectLabels } from './audit-labels.ts'
import { type AuditSearch, isFiltered } from './audit-search.ts'

export function AuditFilters(props: {
  search: AuditSearch
  today: string
  onChange: (search: AuditSearch) => void
}) {
  const { search, onChange } = props
  const members = useQuery(membersQuery).data ?? []
  const keys = useQuery(keysQuery).data ?? []
  const { window: _window, from: _from, to: _to, ...others } = search
  return (
    <search className={classes.filters} aria-label="Audit log filters">
      <DatesControl
        dates={search}
        today={props.today}
        onChange={(dates) => onChange({ ...others, ...dates })}
      />
      <Select
        aria-label="Who"
        placeholder="Anyone"
        data={listActors(members, keys, search.actor)}
        value={search.actor ?? null}
        onChange={(actor) => onChange(setFilter(search, 'actor', actor))}
        searchable
        clearable
        nothingFoundMessage="Nobody found"
        className={classes.filter ?? ''}
      />
      <Select
        aria-label="Subject"
        placeholder="Any subject"
        data={listSubjects(search.action)}
        value={search.action ?? null}
        onChange={(action) => onChange(setFilter(search, 'action', action))}
        searchable
        clearable
        nothingFoundMessage="No subjects found"
        className={classes.filter ?? ''}
      />
      {isFiltered(search) && (
        <Button variant="subtle" color="gray" onClick={() => onChange({})}>
          Clear
        </Button>
      )}
    </search>
  )
}

type Option = { value: string; label: string }

function listActors(members: Member[], keys: ApiKey[], chosen: string | undefined) {
  const people = members.map(({ userId, name }) => ({ value: userId, label: name }))
  const named = keys.map(({ id, name }) => ({ value: id, label: name }))
  const others = [
    { value: 'operator', label: 'Operator' },
    { value: 'system', label: 'Talktime' },
  ]
  const known = [...people, ...named, ...others].some(({ value }) => value === chosen)
  // People leave and keys are revoked, but what they did stays.
  const gone: Option[] = chosen === undefined || known ? [] : [{ value: chosen, label: nameGone(chosen) }]
  return [
    { group: 'Members', items: people },
    { group: 'API keys', items: named },
    { group: 'Others', items: [...others, ...gone] },
  ].filter(({ items }) => items.length > 0)
}

function nameGone(actor: string): string {
  if (actor.startsWith('usr_')) return 'Former member'
  return actor.startsWith('key_') ? 'Revoked key' : actor
}

function listSubjects(chosen: string | undefined): Option[] {
  const subjects = Object.entries(subjectLabels).map(([value, label]) => ({ value, label }))
  if (chosen === undefined || Object.hasOwn(subjectLabels, chosen)) return subjects
  return [...subjects, { value: chosen, label: chosen.includes('.') ? actionInWords(chosen) : chosen }]
}
