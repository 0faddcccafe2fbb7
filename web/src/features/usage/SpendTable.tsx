import { Link } from '@tanstack/react-router'
import { creditsFixed } from '../../design/format/credits.ts'
import { type Column, DataTable, stretched } from '../../design/ui/DataTable.tsx'
import { type Bucket, bucketInWords, type ChartUnit, describePartial } from './buckets.ts'
import { searchCalls } from './calls-search.ts'
import { formatCount } from './count-labels.ts'
import classes from './SpendTable.module.css'

const unitLabels: Record<ChartUnit, string> = { day: 'Day', week: 'Week', month: 'Month' }

/** The numbers of the chart, newest first. Each row opens its calls. */
export function SpendTable(props: { buckets: Bucket[]; unit: ChartUnit; agentId: string | null }) {
  const { unit } = props
  const columns: Column<Bucket>[] = [
    {
      label: unitLabels[unit],
      head: true,
      cell: (bucket) => (
        <Link to="/calls" search={searchCalls(bucket, props.agentId)} className={stretched ?? ''}>
          {bucketInWords(bucket)}
          {bucket.partial && <span className={classes.quiet}>, {describePartial(unit)}</span>}
        </Link>
      ),
    },
    { label: 'Calls', end: true, cell: ({ calls }) => formatCount(calls), width: '8rem' },
    {
      label: 'Credits',
      end: true,
      cell: ({ usedMs }) => <data value={usedMs}>{creditsFixed(usedMs)}</data>,
      width: '10rem',
    },
  ]
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolling by keyboard needs the focus
    <section className={classes.scroller} tabIndex={0} aria-label={`Spend by ${unit}`}>
      <DataTable
        name={`Spend by ${unit}, newest first`}
        columns={columns}
        rows={[...props.buckets].reverse()}
        rowKey={(bucket) => bucket.from}
      />
    </section>
  )
}
