import { Button, SegmentedControl, Skeleton } from '@mantine/core'
import { IconCalendarOff, IconPhoneIncoming, IconTrendingDown, IconTrendingUp } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import type { UsageRange } from '../../api/types.ts'
import { creditsExact, creditsFixed } from '../../design/format/credits.ts'
import { windowInWords } from '../../design/format/date-window.ts'
import { roughly, secondsFixed } from '../../design/format/duration.ts'
import { instant, localDate } from '../../design/format/instant.ts'
import { Empty } from '../../design/ui/states.tsx'
import { workspaceQuery } from '../workspace/index.ts'
import { type ChartUnit, describePartial, listBuckets } from './buckets.ts'
import { searchCalls } from './calls-search.ts'
import { compareWithPrevious } from './comparison.ts'
import { describeUnpriced, formatCost } from './cost-labels.ts'
import { callsInWords } from './count-labels.ts'
import classes from './RangeSpend.module.css'
import { SpendTable } from './SpendTable.tsx'

const SpendChart = lazy(() =>
  import('./SpendChart.tsx').then(
    ({ SpendChart }) => ({ default: SpendChart }),
    () => ({ default: NoChart }),
  ),
)

/** The total of the window and its chart. */
export function RangeSpend({ range, onAll }: { range: UsageRange; onAll: () => void }) {
  if (range.lastUsedAt === null) return <NoCalls ofOne={range.agentId !== null} />
  return (
    <>
      <Total range={range} />
      {range.calls === 0 ? <NoSpend range={range} onAll={onAll} /> : <Trend range={range} />}
    </>
  )
}

function Total({ range }: { range: UsageRange }) {
  const { total, calls, cost, previous } = range
  const usedMs = total.milliseconds
  return (
    <>
      <p className={classes.total}>
        <data value={usedMs} title={`${creditsExact(usedMs)} credits`}>
          {creditsFixed(usedMs)}
        </data>{' '}
        <span className={classes.unit}>credits</span>
        {formatCost(cost) !== null && <span className={classes.cost}>cost {formatCost(cost)}</span>}
      </p>
      <p className={classes.facts}>
        {callsInWords(calls)}
        {calls > 0 && ` · ${secondsFixed(usedMs)} of conversation · ${roughly(usedMs / calls)} a call`}
      </p>
      {describeUnpriced(cost) !== null && <p className={classes.facts}>{describeUnpriced(cost)}</p>}
      {(calls > 0 || (previous?.calls ?? 0) > 0) && <Compared range={range} />}
    </>
  )
}

function Compared({ range }: { range: UsageRange }) {
  const createdAt = useQuery(workspaceQuery).data?.createdAt
  if (createdAt === undefined) return null
  const comparison = compareWithPrevious(range, localDate(Date.parse(createdAt), range.window.timeZone))
  if (comparison === null) return null
  const Icon = { more: IconTrendingUp, less: IconTrendingDown, same: null }[comparison.direction]
  return (
    <p className={classes.facts}>
      {Icon !== null && <Icon size={15} stroke={1.75} className={classes.trend} aria-hidden />}
      <span className={classes.change}>{comparison.change}</span>
      {comparison.than}
    </p>
  )
}

type View = 'chart' | 'table'

const unitLabels: Record<ChartUnit, string> = { day: 'day', week: 'week, starting Monday', month: 'month' }

/** The usage over time, as a chart or a table. */
function Trend({ range }: { range: UsageRange }) {
  const navigate = useNavigate()
  const [view, setView] = useState<View>('chart')
  const buckets = listBuckets(range)
  const { unit } = range.chart
  const partial = buckets.some((bucket) => bucket.partial)
  return (
    <div className={classes.course}>
      <div className={classes.courseHead}>
        <p className={classes.facts}>
          By {unitLabels[unit]}
          {view === 'chart' && partial && (
            <span className={classes.legend}>
              <span className={classes.hatch} aria-hidden /> {describePartial(unit)}
            </span>
          )}
        </p>
        <SegmentedControl
          className={classes.views}
          size="xs"
          aria-label="Show spend as"
          data={[
            { value: 'chart', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
          value={view}
          onChange={(value) => setView(value as View)}
        />
      </div>
      {view === 'table' ? (
        <SpendTable buckets={buckets} unit={unit} agentId={range.agentId} />
      ) : (
        <Suspense fallback={<Skeleton height={236} />}>
          <SpendChart
            buckets={buckets}
            unit={unit}
            name={`Spend by ${unit}, ${windowInWords(range.window)}`}
            onOpen={(bucket) => void navigate({ to: '/calls', search: searchCalls(bucket, range.agentId) })}
          />
        </Suspense>
      )}
    </div>
  )
}

/** Shown when the chart's code could not be loaded. */
function NoChart() {
  return <p className={classes.noChart}>The chart could not be loaded. The table shows the same numbers.</p>
}

function NoCalls({ ofOne }: { ofOne: boolean }) {
  return (
    <Empty
      icon={<IconPhoneIncoming size={22} stroke={1.5} />}
      title={ofOne ? 'No calls by this agent yet' : 'No calls yet'}
    >
      Usage appears here when the first call ends. <Link to="/live">See how to make your first call</Link>
    </Empty>
  )
}

function NoSpend({ range, onAll }: { range: UsageRange; onAll: () => void }) {
  const { lastUsedAt, window } = range
  return (
    <Empty
      icon={<IconCalendarOff size={22} stroke={1.5} />}
      title="No credits used in these dates"
      action={
        <Button variant="default" onClick={onAll}>
          Show all dates
        </Button>
      }
    >
      {lastUsedAt !== null &&
        `The last charged call ended on ${instant(lastUsedAt, 'dateTime', window.timeZone)}.`}
    </Empty>
  )
}

/** A placeholder of the size of the loaded card. */
export function RangeSkeleton() {
  return (
    <div role="status" aria-label="Loading spend">
      <Skeleton height={44} width={230} mb={14} />
      <Skeleton height={12} width="48%" mb={10} />
      <Skeleton height={12} width="62%" mb={34} />
      <Skeleton height={236} />
    </div>
  )
}
