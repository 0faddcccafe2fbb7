import { Popover, Skeleton, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconCircleX, IconClockHour4 } from '@tabler/icons-react'
import type { BalanceStatus } from '@talktime/core/billing/balance-status'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Balance } from '../../api/types.ts'
import { BalanceParts } from './BalanceParts.tsx'
import classes from './BalancePill.module.css'
import { balanceQuery } from './balance-queries.ts'
import { useLiveBalance } from './use-live-balance.ts'

const icons = { ok: IconClockHour4, low: IconAlertTriangle, out: IconCircleX }
const words: Record<BalanceStatus, string | null> = { ok: null, low: 'Low', out: 'Out of credits' }

/** The live balance in the header. It opens a popover with the parts. */
export function BalancePill() {
  const query = useQuery(balanceQuery)
  if (query.data) return <Pill balance={query.data} />
  if (query.error) {
    return (
      <UnstyledButton className={classes.pill} onClick={() => void query.refetch()}>
        Balance unavailable · Retry
      </UnstyledButton>
    )
  }
  return <Skeleton height={34} width={132} radius="xl" />
}

function Pill({ balance }: { balance: Balance }) {
  const { credits, state } = useLiveBalance(balance)
  const Icon = icons[state]
  const [opened, setOpened] = useState(false)
  const close = () => setOpened(false)
  return (
    <Popover position="bottom-end" width={320} trapFocus opened={opened} onChange={setOpened}>
      <Popover.Target>
        <UnstyledButton className={classes.pill} data-state={state} onClick={() => setOpened(!opened)}>
          <Icon size={16} stroke={1.75} className={classes.icon} aria-hidden />
          <span className={classes.credits}>
            <span className={classes.hidden}>Balance </span>
            {credits}
            <span className={classes.unit}> credits</span>
          </span>
          {words[state] !== null && <span className={classes.word}>{words[state]}</span>}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <BalanceParts balance={balance} />
        <div className={classes.links}>
          <Link to="/billing" onClick={close}>
            Billing
          </Link>
          <Link to="/billing" search={{ buy: 'credits' }} onClick={close}>
            Buy credits
          </Link>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
