import { CloseButton } from '@mantine/core'
import { IconAlertTriangle, IconCircleX } from '@tabler/icons-react'
import type { BalanceStatus } from '@talktime/core/billing/balance-status'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import type { Balance, Workspace } from '../api/types.ts'
import { toast } from '../design/ui/toast.ts'
import { balanceQuery, useLiveBalance } from '../features/balance/index.ts'
import { campaignsQuery } from '../features/campaigns/index.ts'
import { mayManage, useMembership, workspaceQuery } from '../features/workspace/index.ts'
import classes from './CreditsBanner.module.css'
import { describeLow, describeOut } from './credits-banner-text.ts'

/** Says on every page that credits are out or low, what that means for calls, and how to get more. */
export function CreditsBanner() {
  const balance = useQuery(balanceQuery).data
  const workspace = useQuery(workspaceQuery).data
  return (
    <div role="status" className={classes.region}>
      {balance && workspace && <Banner balance={balance} workspace={workspace} />}
    </div>
  )
}

function Banner({ balance, workspace }: { balance: Balance; workspace: Workspace }) {
  const { state } = useLiveBalance(balance)
  const [closed, setClosed] = useState(false)
  useCreditsBackToast(state)
  // A closed banner comes back the next time the balance becomes low.
  useEffect(() => {
    if (state !== 'low') setClosed(false)
  }, [state])
  if (state === 'ok' || (state === 'low' && closed)) return null
  const out = state === 'out'
  const Icon = out ? IconCircleX : IconAlertTriangle
  return (
    <div className={classes.banner} data-state={state}>
      <Icon size={16} stroke={1.75} className={classes.icon} aria-hidden />
      <span className={classes.text}>
        {out ? <Out balance={balance} workspace={workspace} /> : describeLow(balance, workspace)}{' '}
        <GetCredits workspace={workspace} />
      </span>
      {!out && <CloseButton size="sm" aria-label="Dismiss" onClick={() => setClosed(true)} />}
    </div>
  )
}

function Out({ balance, workspace }: { balance: Balance; workspace: Workspace }) {
  const [first, ...others] = describeOut(balance, workspace)
  return (
    <>
      <strong className={classes.strong}>{first}</strong> <PausedCampaigns /> {others.join(' ')}
    </>
  )
}

/** How many campaigns are paused for credits, among the newest paused ones. */
function PausedCampaigns() {
  const paused = useInfiniteQuery(campaignsQuery('paused')).data?.pages.flatMap((page) => page.data)
  const waiting = paused?.filter((campaign) => campaign.pauseReason === 'out_of_credits').length ?? 0
  if (waiting === 0) return null
  return (
    <>
      <Link to="/campaigns" search={{ status: 'paused' }} className={classes.link ?? ''}>
        {waiting === 1 ? '1 campaign is paused' : `${waiting} campaigns are paused`}
      </Link>
      .
    </>
  )
}

/** How to get credits: buy them on a paid plan, or get a paid plan. */
function GetCredits({ workspace }: { workspace: Workspace }) {
  const manages = mayManage(useMembership().workspace.role)
  if (!manages) return 'An owner or admin can buy more.'
  return workspace.plan.paid ? (
    <Link to="/billing" search={{ buy: 'credits' }} className={classes.link ?? ''}>
      Buy credits
    </Link>
  ) : (
    <Link to="/billing" hash="plans" className={classes.link ?? ''}>
      Compare plans
    </Link>
  )
}

/** Shows a toast when credits return. */
function useCreditsBackToast(state: BalanceStatus): void {
  const before = useRef(state)
  useEffect(() => {
    if (before.current === 'out' && state !== 'out') toast('Credits are back. Calls are answered again.')
    before.current = state
  }, [state])
}
