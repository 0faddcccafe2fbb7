import { SegmentedControl } from '@mantine/core'
import { IconChartBar } from '@tabler/icons-react'
import { LLM_PROVIDER_NAMES } from '@talktime/core/llm/llm-provider'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { serverNow } from '../../api/server-clock.ts'
import { resolvePreset, type WindowPreset, windowInWords } from '../../design/format/date-window.ts'
import { dateInWords, instant, localDate, zoneInWords } from '../../design/format/instant.ts'
import { locale } from '../../design/format/locale.ts'
import { Card } from '../../design/ui/Card.tsx'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Empty, SkeletonRows, Updating } from '../../design/ui/states.tsx'
import { workspaceQuery } from '../workspace/index.ts'
import classes from './LlmKeysTab.module.css'
import { type LlmUsage, llmUsageQuery } from './llm-queries.ts'

const presets: { value: WindowPreset; label: string }[] = [
  { value: 'last_7_days', label: 'Last 7 Days' },
  { value: 'last_30_days', label: 'Last 30 Days' },
  { value: 'last_3_months', label: 'Last 3 Months' },
]

const views = [
  { value: 'days', label: 'By day' },
  { value: 'providers', label: 'By provider' },
  { value: 'agents', label: 'By agent' },
]

type Figures = LlmUsage['total']

const number = (value: number) => value.toLocaleString(locale)

/** LLM usage in a window: requests, tokens, key sources and errors. */
export function LlmUsageCard() {
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  const [preset, setPreset] = useState<WindowPreset>('last_30_days')
  const [view, setView] = useState('days')
  const usage = useQuery(llmUsageQuery(resolvePreset(preset, localDate(serverNow(), timeZone))))
  const caption = usage.data && (
    <>
      {windowInWords(usage.data.window)}, {zoneInWords(usage.data.window.timeZone)}; as of{' '}
      {instant(usage.data.asOf, 'time', usage.data.window.timeZone)}
    </>
  )
  return (
    <Card
      title="LLM usage"
      caption={caption}
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Dates"
          data={presets}
          value={preset}
          onChange={(value) => setPreset(value as WindowPreset)}
        />
      }
    >
      <Loaded query={usage} what="LLM usage" skeleton={<SkeletonRows count={3} label="usage" />}>
        {(loaded) =>
          loaded.total.requests === 0 ? (
            <Empty icon={<IconChartBar size={22} stroke={1.5} />} title="No requests in these dates">
              Your agents’ LLM requests are counted here, with your keys and the platform’s.
            </Empty>
          ) : (
            <Updating active={usage.isPlaceholderData}>
              <Total total={loaded.total} />
              <div className={classes.parts}>
                <SegmentedControl
                  size="xs"
                  mt="md"
                  mb="xs"
                  aria-label="Group by"
                  data={views}
                  value={view}
                  onChange={setView}
                />
                <Parts usage={loaded} view={view} />
              </div>
            </Updating>
          )
        }
      </Loaded>
    </Card>
  )
}

function Total({ total }: { total: Figures }) {
  const ownShare = total.requests === 0 ? 0 : total.own.requests / total.requests
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
  return (
    <>
      <dl className={classes.figures}>
        <div>
          <dt>Requests</dt>
          <dd>{number(total.requests)}</dd>
        </div>
        <div>
          <dt>Tokens</dt>
          <dd>
            {number(total.tokens.total)}
            <span className={classes.note}>
              {number(total.tokens.prompt)} in, {number(total.tokens.completion)} out
            </span>
          </dd>
        </div>
        <div>
          <dt>Your own keys</dt>
          <dd>
            {percent.format(ownShare)}
            <span className={classes.note}>
              {number(total.own.requests)} own, {number(total.platform.requests)} platform
            </span>
          </dd>
        </div>
        <div>
          <dt>Errors</dt>
          <dd>
            {number(total.errors)}
            <span className={classes.note}>
              {total.fallbacks === 0
                ? 'no fallbacks'
                : `${number(total.fallbacks)} fell back to the platform’s key`}
            </span>
          </dd>
        </div>
      </dl>
      <div className={classes.share} aria-hidden>
        <div className={classes.own} style={{ width: `${ownShare * 100}%` }} />
      </div>
    </>
  )
}

type Part = Figures & { readonly id: string; readonly name: string }

function Parts({ usage, view }: { usage: LlmUsage; view: string }) {
  const rows: Part[] =
    view === 'days'
      ? usage.days.toReversed().map((day) => ({ ...day, id: day.date, name: dateInWords(day.date) }))
      : view === 'providers'
        ? usage.providers.map((part) => ({
            ...part,
            id: part.provider,
            name: LLM_PROVIDER_NAMES[part.provider],
          }))
        : usage.agents.map((part) => ({ ...part, id: part.agentId }))
  const columns: Column<Part>[] = [
    {
      label: view === 'days' ? 'Day' : view === 'providers' ? 'Provider' : 'Agent',
      head: true,
      cell: (row) => row.name,
    },
    { label: 'Requests', end: true, cell: (row) => number(row.requests) },
    { label: 'Tokens', end: true, cell: (row) => number(row.tokens.total) },
    { label: 'Own keys', end: true, cell: (row) => number(row.own.requests) },
    { label: 'Platform’s', end: true, cell: (row) => number(row.platform.requests) },
    { label: 'Errors', end: true, cell: (row) => number(row.errors) },
  ]
  return <DataTable name="LLM usage by group" columns={columns} rows={rows} rowKey={(row) => row.id} />
}
