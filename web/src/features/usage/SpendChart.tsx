import '@mantine/charts/styles.layer.css'
import { BarChart } from '@mantine/charts'
import { creditsFromMs, msFromCredits } from '@talktime/core/billing/credits'
import { type KeyboardEvent, type RefObject, useEffect, useId, useRef } from 'react'
import { creditsBrief, creditsInWords } from '../../design/format/credits.ts'
import { type Bucket, bucketInWords, type ChartUnit, describePartial, formatTick } from './buckets.ts'
import { callsInWords } from './count-labels.ts'
import classes from './SpendChart.module.css'

/** A bar chart of a window. The arrow keys step through the bars; a click or Enter opens the calls of a bar. */
export function SpendChart(props: {
  buckets: Bucket[]
  unit: ChartUnit
  name: string
  onOpen: (bucket: Bucket) => void
}) {
  const { buckets, unit } = props
  const shown = useRef<Bucket | null>(null)
  const hatch = `hatch${useId().replaceAll(/[^\w-]/g, '')}`
  const open = () => {
    if (shown.current !== null) props.onOpen(shown.current)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') open()
  }
  const data = buckets.map((bucket) => ({
    ...bucket,
    credits: creditsFromMs(bucket.usedMs),
    color: bucket.partial ? `url(#${hatch})` : 'var(--accent)',
  }))
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the chart inside has the focus and the role
    <div className={classes.chart} onKeyDown={onKeyDown}>
      <BarChart
        h={236}
        data={data}
        dataKey="from"
        series={[{ name: 'credits', color: 'var(--accent)' }]}
        maxBarWidth={36}
        strokeDasharray="0"
        gridColor="var(--line)"
        textColor="var(--text-quiet)"
        cursorFill="var(--surface-selected)"
        tickLine="none"
        valueFormatter={(credits) => creditsBrief(msFromCredits(credits))}
        xAxisProps={{ tickFormatter: (date: string) => formatTick(date, unit), minTickGap: 28 }}
        yAxisProps={{ width: 'auto', tickMargin: 4 }}
        barProps={{ radius: buckets.length > 120 ? 0 : [3, 3, 0, 0] }}
        tooltipProps={{
          content: ({ active, payload }) => (
            <Shown
              bucket={active ? ((payload[0]?.payload as Bucket | undefined) ?? null) : null}
              unit={unit}
              shown={shown}
            />
          ),
        }}
        barChartProps={{
          ...nameChart(
            `${props.name}. Use the arrow keys to step through the bars, and Enter to open the calls.`,
          ),
          barCategoryGap: buckets.length > 120 ? '8%' : '18%',
          margin: { top: 8, right: 4, bottom: 0, left: 12 },
          // On touch screens a tap only shows the tooltip. The table has links.
          onClick: (_state, event) => {
            if ((event.nativeEvent as PointerEvent).pointerType !== 'touch') open()
          },
        }}
      >
        {makeHatch(hatch)}
      </BarChart>
    </div>
  )
}

/** The pattern of bars that are not complete. Recharts does not render unknown components, so this is a function. */
function makeHatch(id: string) {
  return (
    <defs>
      <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="6" height="6" className={classes.hatchGround} />
        <rect width="3" height="6" className={classes.hatchLine} />
      </pattern>
    </defs>
  )
}

/** Recharts passes the attribute on, although its types do not say so. Its `title` would show a tooltip. */
const nameChart = (name: string) => ({ 'aria-label': name })

/** The tooltip of the bar under the pointer or reached by keyboard. Screen readers read it as it changes. */
function Shown(props: { bucket: Bucket | null; unit: ChartUnit; shown: RefObject<Bucket | null> }) {
  const { bucket, unit, shown } = props
  useEffect(() => {
    shown.current = bucket
  }, [bucket, shown])
  return (
    <div role="status">
      {bucket !== null && (
        <div className={classes.tip}>
          <p className={classes.tipDate}>
            {bucketInWords(bucket)}
            {bucket.partial && <span className={classes.quiet}>, {describePartial(unit)}</span>}
          </p>
          <p className={classes.tipValue}>{creditsInWords(bucket.usedMs)}</p>
          <p className={classes.quiet}>{callsInWords(bucket.calls)}</p>
        </div>
      )}
    </div>
  )
}
