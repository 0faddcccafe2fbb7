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

/** A renewal that is not paid: since when, when it is tried again, and what happens when. */
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
      title={`${planName} is not paid${amount ? `: ${money(amount)} are open` : ''}`}
      actions={manages && <ChangeCard />}
    >
      The renewal failed on {at(since)}.{failed?.failure && ` ${failed.failure.message}`}{' '}
      {nextTryAt !== null && `It is tried again on ${at(nextTryAt)}, and at once with a new card. `}
      Unpaid, {planName} ends on {at(endsAt)} ({zoneInWords(timeZone)}): the workspace is on Free then, and
      what is left of the unpaid monthly credits expires. Top-up credits stay.
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
