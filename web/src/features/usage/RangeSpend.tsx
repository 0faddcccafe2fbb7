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
import { bucketsOf, type ChartUnit, partialInWords } from './buckets.ts'
import { callsOf } from './calls-search.ts'
import { comparisonOf } from './comparison.ts'
import { costFigure, costNote } from './cost-labels.ts'
import { callsInWords } from './count-labels.ts'
import classes from './RangeSpend.module.css'
import { SpendTable } from './SpendTable.tsx'

const SpendChart = lazy(() =>
  import('./SpendChart.tsx').then(
    ({ SpendChart }) => ({ default: SpendChart }),
    () => ({ default: NoChart }),
  ),
)

/** The total of the window, and how it came about. */
export function RangeSpend({ range, onAll }: { range: UsageRange; onAll: () => void }) {
  if (range.lastUsedAt === null) return <NoCalls ofOne={range.agentId !== null} />
  return (
    <>
      <Total range={range} />
      {range.calls === 0 ? <NoSpend range={range} onAll={onAll} /> : <Course range={range} />}
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
        {costFigure(cost) !== null && <span className={classes.cost}>cost {costFigure(cost)}</span>}
      </p>
      <p className={classes.facts}>
        {callsInWords(calls)}
        {calls > 0 && ` · ${secondsFixed(usedMs)} of conversation · ${roughly(usedMs / calls)} a call`}
      </p>
      {costNote(cost) !== null && <p className={classes.facts}>{costNote(cost)}</p>}
      {(calls > 0 || (previous?.calls ?? 0) > 0) && <Compared range={range} />}
    </>
  )
}

function Compared({ range }: { range: UsageRange }) {
  const createdAt = useQuery(workspaceQuery).data?.createdAt
  if (createdAt === undefined) return null
  const comparison = comparisonOf(range, localDate(Date.parse(createdAt), range.window.timeZone))
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

const unitWords: Record<ChartUnit, string> = { day: 'day', week: 'week, from Monday', month: 'month' }

/** How the total came about over the days: as a chart, or in numbers. */
function Course({ range }: { range: UsageRange }) {
  const navigate = useNavigate()
  const [view, setView] = useState<View>('chart')
  const buckets = bucketsOf(range)
  const { unit } = range.chart
  const partial = buckets.some((bucket) => bucket.partial)
  return (
    <div className={classes.course}>
      <div className={classes.courseHead}>
        <p className={classes.facts}>
          By {unitWords[unit]}
          {view === 'chart' && partial && (
            <span className={classes.legend}>
              <span className={classes.hatch} aria-hidden /> {partialInWords(unit)}
            </span>
          )}
        </p>
        <SegmentedControl
          className={classes.views}
          size="xs"
          aria-label="How the spend is shown"
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
            onOpen={(bucket) => void navigate({ to: '/calls', search: callsOf(bucket, range.agentId) })}
          />
        </Suspense>
      )}
    </div>
  )
}

/** The chart's code could not be had, which the numbers do not depend on. */
function NoChart() {
  return <p className={classes.noChart}>The chart could not be loaded. The table shows the same.</p>
}

function NoCalls({ ofOne }: { ofOne: boolean }) {
  return (
    <Empty
      icon={<IconPhoneIncoming size={22} stroke={1.5} />}
      title={ofOne ? 'No calls of this agent yet' : 'No calls yet'}
    >
      What calls use stands here as soon as the first one is over.{' '}
      <Link to="/live">See how to make the first one</Link>
    </Empty>
  )
}

function NoSpend({ range, onAll }: { range: UsageRange; onAll: () => void }) {
  const { lastUsedAt, window } = range
  return (
    <Empty
      icon={<IconCalendarOff size={22} stroke={1.5} />}
      title="No spend in these dates"
      action={
        <Button variant="default" onClick={onAll}>
          Show all dates
        </Button>
      }
    >
      {lastUsedAt !== null &&
        `The last call that was charged ended on ${instant(lastUsedAt, 'dateTime', window.timeZone)}.`}
    </Empty>
  )
}

/** Of the size that the loaded card will have. */
export function RangeSkeleton() {
  return (
    <div role="status" aria-label="Loading the spend of this window">
      <Skeleton height={44} width={230} mb={14} />
      <Skeleton height={12} width="48%" mb={10} />
      <Skeleton height={12} width="62%" mb={34} />
      <Skeleton height={236} />
    </div>
  )
}
