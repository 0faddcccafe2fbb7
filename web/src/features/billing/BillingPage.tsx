import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useId } from 'react'
import { billingKey } from '../../api/query-keys.ts'
import type { Purchase } from '../../api/types.ts'
import { zoneInWords } from '../../design/format/instant.ts'
import { Freshness } from '../../design/ui/Freshness.tsx'
import { Page } from '../../design/ui/Page.tsx'
import { toast } from '../../design/ui/toast.ts'
import { AutoReloadCard } from '../auto-reload/index.ts'
import { balanceQuery } from '../balance/index.ts'
import { ReadOnlyNote, useSpending, workspaceQuery } from '../workspace/index.ts'
import { BalanceCard } from './BalanceCard.tsx'
import classes from './BillingPage.module.css'
import { BuyButton } from './BuyButton.tsx'
import { BuyDialog } from './BuyDialog.tsx'
import type { BillingSearch } from './billing-search.ts'
import { CardsCard } from './CardsCard.tsx'
import { ChangePlanDialog } from './ChangePlanDialog.tsx'
import { HistoryCard } from './HistoryCard.tsx'
import { OpenPurchases } from './OpenPurchases.tsx'
import { OutcomeDialog } from './OutcomeDialog.tsx'
import { PastDue } from './PastDue.tsx'
import { PlanCard } from './PlanCard.tsx'
import { PlansCard } from './PlansCard.tsx'

/** Balance, plan, auto-reload, cards, and the history of payments and credits. */
export function BillingPage() {
  const { manages } = useSpending()
  const workspace = useQuery(workspaceQuery).data
  const timeZone = workspace?.timeZone ?? 'UTC'
  const { history } = useSearch({ from: '/shell/billing' })
  const reasonId = useId()
  return (
    <Page
      title="Billing"
      caption={<Freshness>{workspace === undefined ? '' : zoneInWords(timeZone)}</Freshness>}
      actions={<BuyButton reasonId={reasonId} />}
    >
      <ReadOnlyNote what="buy credits or change the plan and auto-reload" />
      <PastDue timeZone={timeZone} />
      <OpenPurchases timeZone={timeZone} />
      <div className={classes.columns}>
        <BalanceCard timeZone={timeZone} />
        <div className={classes.side}>
          <PlanCard timeZone={timeZone} />
          {manages && <CardsCard />}
        </div>
        <AutoReloadCard timeZone={timeZone} />
      </div>
      <PlansCard timeZone={timeZone} />
      <HistoryCard tab={history ?? 'payments'} timeZone={timeZone} />
      <BillingDialogs timeZone={timeZone} />
    </Page>
  )
}

/** The dialog that the address names, unless this person may not use it. */
function BillingDialogs({ timeZone }: { timeZone: string }) {
  const search = useSearch({ from: '/shell/billing' })
  const navigate = useNavigate({ from: '/billing' })
  const queryClient = useQueryClient()
  const { manages, paid } = useSpending()
  const go = ({ history }: BillingSearch, dialog: BillingSearch) =>
    void navigate({
      search: { ...(history && { history }), ...dialog },
      replace: true,
      resetScroll: false,
    })
  const close = () => go(search, {})
  const follow = async (purchase: Purchase | null) => {
    go(search, purchase === null ? {} : { purchase: purchase.id })
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: billingKey }),
      queryClient.invalidateQueries({ queryKey: balanceQuery.queryKey }),
      queryClient.invalidateQueries({ queryKey: workspaceQuery.queryKey }),
    ])
  }

  if (search.purchase !== undefined) {
    return (
      <OutcomeDialog
        key={search.purchase}
        purchaseId={search.purchase}
        onBuyAgain={({ packageId, planId }) =>
          go(search, planId === null ? { buy: packageId ?? 'credits' } : { plan: planId })
        }
        onClose={close}
      />
    )
  }
  if (search.plan !== undefined && manages) {
    return (
      <ChangePlanDialog
        key={search.plan}
        planId={search.plan}
        timeZone={timeZone}
        onChanged={({ change, purchase }, plan) => {
          if (purchase === null)
            toast(change === 'keep' ? `You are staying on ${plan.name}` : 'Plan change scheduled')
          void follow(purchase)
        }}
        onClose={close}
      />
    )
  }
  if (search.buy !== undefined && manages && paid) {
    return (
      <BuyDialog preferred={search.buy} onOrdered={(purchase) => void follow(purchase)} onClose={close} />
    )
  }
  return null
}
