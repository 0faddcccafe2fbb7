import { Button, Loader, Modal, Skeleton } from '@mantine/core'
import { IconBuildingBank, IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { assertNever } from '@talktime/core/exhaustive'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { PurchaseDetail } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { money } from '../../design/format/money.ts'
import dialog from '../../design/ui/Dialog.module.css'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { cardInWords } from '../cards/index.ts'
import { mayManage, useMembership } from '../workspace/index.ts'
import { BalanceAfter } from './BalanceAfter.tsx'
import { purchaseQuery } from './billing-queries.ts'
import { CancelPurchase } from './CancelPurchase.tsx'
import classes from './OutcomeDialog.module.css'
import { Term, Terms } from './Terms.tsx'

type Props = { purchaseId: string; onBuyAgain: (purchase: PurchaseDetail) => void; onClose: () => void }

/** The outcome of a purchase. It updates when the bank responds, and can be closed and opened again. */
export function OutcomeDialog(props: Props) {
  const purchase = useQuery({
    ...purchaseQuery(props.purchaseId),
    // Events update it. Polling helps while the stream is broken.
    refetchInterval: ({ state }) => (state.data?.status === 'pending' ? 5_000 : false),
  })
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={purchase.data ? writeTitle(purchase.data) : 'Purchase'}
      aria-live="polite"
    >
      <Loaded query={purchase} what="The purchase" skeleton={<Skeleton height={180} />}>
        {(data) => <Outcome {...props} purchase={data} />}
      </Loaded>
    </Modal>
  )
}

function writeTitle({ status, purpose }: PurchaseDetail): string {
  switch (status) {
    case 'succeeded':
      return purpose === 'top_up' ? 'Credits bought' : 'Payment made'
    case 'requires_action':
      return 'Confirm with your bank'
    case 'pending':
      return 'Checking the payment'
    case 'failed':
      return 'Purchase failed'
    default:
      return assertNever(status)
  }
}

function Outcome({ purchase, onBuyAgain, onClose }: Props & { purchase: PurchaseDetail }) {
  const manages = mayManage(useMembership().workspace.role)
  const close = (label: string, variant: 'default' | 'filled' = 'default') => (
    <Button variant={variant} onClick={onClose}>
      {label}
    </Button>
  )
  switch (purchase.status) {
    case 'succeeded':
      return (
        <Frame
          icon={<IconCircleCheck size={22} stroke={1.75} className={classes.good} aria-hidden />}
          text={
            purchase.credits.milliseconds > 0
              ? `${creditsInWords(purchase.credits.milliseconds)} added to your balance.`
              : `${purchase.description} is paid.`
          }
          purchase={purchase}
        >
          <ReceiptButton purchaseId={purchase.id} />
          {close('Done', 'filled')}
        </Frame>
      )
    case 'requires_action':
      return (
        <Frame
          icon={<IconBuildingBank size={22} stroke={1.75} className={classes.wait} aria-hidden />}
          text="You will not be charged until you confirm on your bank’s page. You can do that now or later: the purchase stays on the Billing page."
          purchase={purchase}
        >
          {manages && <CancelPurchase purchase={purchase} className={dialog.apart} />}
          {close('Later')}
          {purchase.actionUrl !== null && (
            <Button component="a" href={purchase.actionUrl}>
              Finish at your bank
            </Button>
          )}
        </Frame>
      )
    case 'pending':
      return (
        <Frame
          icon={<Loader size={20} aria-hidden />}
          text="The bank has not responded yet. You can close this and do not need to buy again. When the bank responds, the credits arrive or this page says why not."
          purchase={purchase}
        >
          {close('Close')}
        </Frame>
      )
    case 'failed':
      return (
        <Frame
          icon={<IconCircleX size={22} stroke={1.75} className={classes.bad} aria-hidden />}
          text={purchase.failure?.message || 'The payment was declined. Nothing was charged.'}
          purchase={purchase}
        >
          {close('Close')}
          {manages && purchase.origin === 'manual' && (
            <Button onClick={() => onBuyAgain(purchase)}>Try again</Button>
          )}
        </Frame>
      )
    default:
      return assertNever(purchase.status)
  }
}

function ReceiptButton({ purchaseId }: { purchaseId: string }) {
  return (
    <Button
      variant="default"
      renderRoot={(props) => <Link to="/billing/receipts/$purchaseId" params={{ purchaseId }} {...props} />}
    >
      View receipt
    </Button>
  )
}

function Frame(props: { icon: ReactNode; text: string; purchase: PurchaseDetail; children: ReactNode }) {
  const { purchase } = props
  return (
    <div className={dialog.form}>
      <div className={classes.message}>
        {props.icon}
        <p className={dialog.text}>{props.text}</p>
      </div>
      <Terms>
        <Term name={purchase.description} total>
          {money(purchase.amount)}
        </Term>
        {purchase.paymentMethod && <Term name="Card">{cardInWords(purchase.paymentMethod)}</Term>}
        {purchase.status === 'succeeded' && (
          <Term name="Balance now">
            <BalanceAfter addedMs={0} />
          </Term>
        )}
      </Terms>
      <div className={dialog.buttons}>{props.children}</div>
    </div>
  )
}
