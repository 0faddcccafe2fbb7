import { SegmentedControl } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { Card } from '../../design/ui/Card.tsx'
import { Attempts } from '../auto-reload/index.ts'
import type { HistoryTab } from './billing-search.ts'
import { CreditEntries } from './CreditEntries.tsx'
import classes from './HistoryCard.module.css'
import { Payments } from './Payments.tsx'

const tabs: { value: HistoryTab; label: string }[] = [
  { value: 'payments', label: 'Payments' },
  { value: 'credits', label: 'Credits' },
  { value: 'reloads', label: 'Auto-reload' },
]

const captions: Record<HistoryTab, string> = {
  payments: 'Purchases, auto-reloads and renewals, with receipts',
  credits: 'Credits added and expired, with the balance after each. Calls are in the call history',
  reloads: 'Every auto-reload attempt, including those that were not made, and why',
}

/** Payments, credits and auto-reload attempts, newest first. */
export function HistoryCard({ tab, timeZone }: { tab: HistoryTab; timeZone: string }) {
  const navigate = useNavigate({ from: '/billing' })
  return (
    <div id="history" className={classes.history}>
      <Card title="History" caption={captions[tab]} flush>
        <div className={classes.tabs}>
          <SegmentedControl
            size="xs"
            data={tabs}
            value={tab}
            aria-label="History to show"
            onChange={(value) =>
              void navigate({
                search: (search) => ({ ...search, history: value as HistoryTab }),
                replace: true,
                resetScroll: false,
              })
            }
          />
        </div>
        {tab === 'payments' && <Payments timeZone={timeZone} />}
        {tab === 'credits' && <CreditEntries timeZone={timeZone} />}
        {tab === 'reloads' && <Attempts timeZone={timeZone} />}
      </Card>
    </div>
  )
}
