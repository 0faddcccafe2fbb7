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
  payments: 'Money: purchases, reloads and renewals, with their receipts',
  credits: 'Credits that came and went besides calls, with the balance after each',
  reloads: 'Each attempt of auto-reload, made or not, and why',
}

/** What happened to the workspace's money and credits, newest first. */
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
            aria-label="What the history shows"
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
