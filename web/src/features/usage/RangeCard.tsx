import { Button, CopyButton, Select } from '@mantine/core'
import { IconCheck, IconDownload, IconLink } from '@tabler/icons-react'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type Ref, useRef, useState } from 'react'
import { serverNow } from '../../api/server-clock.ts'
import type { UsageRange } from '../../api/types.ts'
import { windowInWords } from '../../design/format/date-window.ts'
import { instant, localDate, zoneInWords } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Updating } from '../../design/ui/states.tsx'
import { agentsQuery } from '../agents/index.ts'
import { useMembership } from '../workspace/index.ts'
import { formatCount } from './count-labels.ts'
import { buildExportHref } from './export-href.ts'
import classes from './RangeCard.module.css'
import { RangeSkeleton, RangeSpend } from './RangeSpend.tsx'
import { type Dates, type UsageSearch, withWindow } from './usage-search.ts'
import { useUsageKeys } from './use-usage-keys.ts'
import { WindowControl, type WindowControlState } from './WindowControl.tsx'

/** The usage of a window of dates: total, chart and CSV export. */
export function RangeCard(props: {
  search: UsageSearch
  range: UseQueryResult<UsageRange>
  timeZone: string
}) {
  const { search, range, timeZone } = props
  const navigate = useNavigate({ from: '/usage' })
  const [control, setControl] = useState<WindowControlState>('closed')
  const today = localDate(serverNow(), timeZone)
  // Dimmed numbers belong to the window before. They must not be exported, linked or stepped from.
  const shown = range.isPlaceholderData ? undefined : range.data
  const dates = shown === undefined ? null : { from: shown.window.from, to: shown.window.to }
  const go = (to: UsageSearch) => void navigate({ search: to, replace: true, resetScroll: false })
  const goTo = (window: Pick<UsageSearch, 'window' | 'from' | 'to'>) => go(withWindow(search, window))
  const exportLink = useRef<HTMLAnchorElement>(null)

  useUsageKeys({
    dates,
    today,
    goTo,
    exportCsv: () => exportLink.current?.click(),
    custom: () => setControl('custom'),
  })

  return (
    <Card
      title="Range Spend"
      beside={
        <div className={classes.controls}>
          <WindowControl
            key={dates === null ? '' : `${dates.from} ${dates.to}`}
            search={search}
            dates={dates}
            today={today}
            state={control}
            onState={setControl}
            onPreset={(window) => goTo({ window })}
            onDates={goTo}
          />
          <AgentControl
            agentId={search.agent ?? null}
            onChange={({ agent, ...others }) => go({ ...others, ...(agent && { agent }) })}
            search={search}
          />
        </div>
      }
      caption={<Caption range={range} />}
      actions={
        <div className={classes.actions}>
          <CopyLink search={search} dates={dates} />
          {dates !== null && shown !== undefined && (
            <ExportButton dates={dates} agentId={search.agent} rows={shown.exportRows} ref={exportLink} />
          )}
        </div>
      }
    >
      <Loaded query={range} what="Spend for these dates" skeleton={<RangeSkeleton />}>
        {(data) => (
          <Updating active={range.isPlaceholderData}>
            <RangeSpend range={data} onAll={() => goTo({ window: 'all' })} />
          </Updating>
        )}
      </Loaded>
    </Card>
  )
}

/** Downloads the calls behind the window. `ref` is its link, for the keyboard shortcut. */
function ExportButton(props: {
  dates: Dates
  agentId: string | undefined
  rows: number
  ref: Ref<HTMLAnchorElement>
}) {
  const { workspace } = useMembership()
  const href = buildExportHref(workspace.id, props.dates, props.agentId)
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconDownload size={15} stroke={1.75} aria-hidden />}
      renderRoot={(rest) => <a {...rest} ref={props.ref} href={href} download />}
    >
      CSV Export
      <span className={classes.rows}>{describeRows(props.rows)}</span>
    </Button>
  )
}

/** The actual dates, their time zone, and when the numbers were read. */
function Caption({ range }: { range: UseQueryResult<UsageRange> }) {
  if (range.data === undefined) return range.error === null ? 'Loading' : null
  const { window, asOf } = range.data
  const asOfTime = instant(asOf, 'time', window.timeZone)
  return (
    <span role="status">
      {range.isPlaceholderData
        ? 'Updating…'
        : `${windowInWords(window)} · ${zoneInWords(window.timeZone)} · as of ${asOfTime}`}
    </span>
  )
}

function describeRows(rows: number): string {
  return rows === 1 ? '1 row' : `${formatCount(rows)} rows`
}

/** Copies a link with the dates on screen, because a preset means other dates tomorrow. */
function CopyLink({ search, dates }: { search: UsageSearch; dates: UsageSearch | null }) {
  const { workspace } = useMembership()
  const query = new URLSearchParams({ ...withWindow(search, dates ?? {}), workspace: workspace.id })
  return (
    <CopyButton value={`${globalThis.location.origin}/usage?${query}`} timeout={1_500}>
      {({ copied, copy }) => (
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          leftSection={
            copied ? <IconCheck size={15} aria-hidden /> : <IconLink size={15} stroke={1.75} aria-hidden />
          }
          disabled={dates === null}
          onClick={copy}
        >
          {copied ? 'Copied' : 'Copy link with these dates'}
        </Button>
      )}
    </CopyButton>
  )
}

/** Chooses one agent or all. Hidden when there is only one agent. */
function AgentControl(props: {
  agentId: string | null
  search: UsageSearch
  onChange: (search: UsageSearch) => void
}) {
  const { agentId, search } = props
  const agents = useQuery(agentsQuery).data ?? []
  const options = agents.map(({ id, name }) => ({ value: id, label: name }))
  if (agentId !== null && !agents.some(({ id }) => id === agentId)) {
    options.push({ value: agentId, label: 'Archived agent' })
  }
  if (options.length < 2 && agentId === null) return null
  return (
    <Select
      aria-label="Agent"
      placeholder="All agents"
      size="xs"
      data={options}
      value={agentId}
      onChange={(agent) => {
        const { agent: _old, ...others } = search
        props.onChange(agent === null ? others : { ...others, agent })
      }}
      searchable
      clearable
      nothingFoundMessage="No agents found"
      className={classes.agent ?? ''}
    />
  )
}
