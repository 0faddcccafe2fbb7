import {
  IconBuildingBank,
  IconCircleCheck,
  IconCircleX,
  IconHandStop,
  IconHourglass,
  IconRefresh,
  type Icon as TablerIcon,
} from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { AutoReloadAttempt } from '../../api/types.ts'
import { creditsFixed } from '../../design/format/credits.ts'
import { instant } from '../../design/format/instant.ts'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import { PagedList } from '../../design/ui/PagedList.tsx'
import { StatusIcon, type Tone } from '../../design/ui/StatusIcon.tsx'
import { Empty } from '../../design/ui/states.tsx'
import { reloadAttemptsQuery } from './auto-reload-queries.ts'

const outcomes: Record<AutoReloadAttempt['outcome'], { icon: TablerIcon; word: string; tone: Tone }> = {
  succeeded: { icon: IconCircleCheck, word: 'Bought', tone: 'good' },
  declined: { icon: IconCircleX, word: 'Declined', tone: 'bad' },
  requires_action: { icon: IconBuildingBank, word: 'Confirm with bank', tone: 'warn' },
  pending: { icon: IconHourglass, word: 'Checking', tone: 'wait' },
  not_made: { icon: IconHandStop, word: 'Not made', tone: 'plain' },
}

/** Every auto-reload attempt, including those that were not made, with the reason. */
export function Attempts({ timeZone }: { timeZone: string }) {
  const attempts = useInfiniteQuery(reloadAttemptsQuery)
  const columns: Column<AutoReloadAttempt>[] = [
    {
      label: 'Date',
      head: true,
      width: '11rem',
      cell: (attempt) => <time dateTime={attempt.at}>{instant(attempt.at, 'dateTime', timeZone)}</time>,
    },
    { label: 'Outcome', width: '12rem', cell: (attempt) => <Outcome outcome={attempt.outcome} /> },
    { label: 'Reason', cell: (attempt) => attempt.detail },
    {
      label: 'Payment',
      width: '6rem',
      cell: ({ purchaseId, outcome }) =>
        purchaseId !== null && (
          <Link to="/billing/receipts/$purchaseId" params={{ purchaseId }}>
            {outcome === 'succeeded' ? 'Receipt' : 'Payment'}
          </Link>
        ),
    },
    {
      label: 'Balance',
      end: true,
      width: '8rem',
      cell: (attempt) => creditsFixed(attempt.balance.milliseconds),
    },
  ]
  return (
    <PagedList
      query={attempts}
      what="Auto-reload attempts"
      label="attempts"
      empty={
        <Empty icon={<IconRefresh size={22} stroke={1.5} />} title="No attempts yet">
          When auto-reload is on and the balance drops below the threshold, every attempt appears here, even
          if nothing was bought.
        </Empty>
      }
    >
      {(items) => (
        <DataTable
          name="Auto-reload attempts"
          columns={columns}
          rows={items}
          rowKey={(attempt) => attempt.id}
        />
      )}
    </PagedList>
  )
}

function Outcome({ outcome }: Pick<AutoReloadAttempt, 'outcome'>) {
  const { word, ...mark } = outcomes[outcome]
  return <StatusIcon {...mark}>{word}</StatusIcon>
}
