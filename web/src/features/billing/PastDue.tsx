import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { instant, zoneInWords } from '../../design/format/instant.ts'
import { money } from '../../design/format/money.ts'
import { useAddCard } from '../cards/index.ts'
import { plansQuery } from '../pricing/index.ts'
import { useSpending } from '../workspace/index.ts'
import { purchasesQuery, subscriptionQuery } from './billing-queries.ts'
import { Notice } from './Notice.tsx'

/** A notice that the renewal is past due: since when, when it is retried, and when the plan ends. */
export function PastDue({ timeZone }: { timeZone: string }) {
  const subscription = useQuery(subscriptionQuery).data
  const plans = useQuery(plansQuery).data
  const purchases = useInfiniteQuery(purchasesQuery).data?.pages.flatMap((page) => page.data)
  const { manages } = useSpending()
  if (subscription?.status !== 'past_due' || subscription.pastDue === null) return null
  const { since, nextTryAt, endsAt } = subscription.pastDue
  const { planName, planId } = subscription
  const price = plans?.find((plan) => plan.id === planId)?.price
  const failed = purchases?.find(({ purpose, status }) => purpose === 'renewal' && status === 'failed')
  const amount = failed?.amount ?? price
  const at = (moment: string) => instant(moment, 'dateTime', timeZone)
  return (
    <Notice
      tone="bad"
      icon={<IconAlertTriangle size={20} stroke={1.75} />}
      title={`Payment for ${planName} is past due${amount ? `: ${money(amount)}` : ''}`}
      actions={manages && <ChangeCard />}
    >
      The renewal failed on {at(since)}.{failed?.failure && ` ${failed.failure.message}`}{' '}
      {nextTryAt !== null && `We will retry on ${at(nextTryAt)}, or as soon as you add a new card. `}
      If it stays unpaid, {planName} ends on {at(endsAt)} ({zoneInWords(timeZone)}). Your workspace then moves
      to Free, and unused credits of the unpaid cycle expire. Top-up credits stay.
    </Notice>
  )
}

function ChangeCard() {
  const { start, starting, dialog } = useAddCard()
  return (
    <>
      <Button size="xs" loading={starting} onClick={start}>
        Change card
      </Button>
      {dialog}
    </>
  )
}
