import { Link } from '@tanstack/react-router'
import { creditsFixed } from '../../design/format/credits.ts'
import { type Column, DataTable, stretched } from '../../design/ui/DataTable.tsx'
import { type Bucket, bucketInWords, type ChartUnit, partialInWords } from './buckets.ts'
import { callsOf } from './calls-search.ts'
import { countInWords } from './count-labels.ts'
import classes from './SpendTable.module.css'

const unitWords: Record<ChartUnit, string> = { day: 'Day', week: 'Week', month: 'Month' }

/** The chart in numbers, the newest first; each row leads to its calls. */
export function SpendTable(props: { buckets: Bucket[]; unit: ChartUnit; agentId: string | null }) {
  const { unit } = props
  const columns: Column<Bucket>[] = [
    {
      label: unitWords[unit],
      head: true,
      cell: (bucket) => (
        <Link to="/calls" search={callsOf(bucket, props.agentId)} className={stretched ?? ''}>
          {bucketInWords(bucket)}
          {bucket.partial && <span className={classes.quiet}>, {partialInWords(unit)}</span>}
        </Link>
      ),
    },
    { label: 'Calls', end: true, cell: ({ calls }) => countInWords(calls), width: '8rem' },
    {
      label: 'Credits',
      end: true,
      cell: ({ usedMs }) => <data value={usedMs}>{creditsFixed(usedMs)}</data>,
      width: '10rem',
    },
  ]
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
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
