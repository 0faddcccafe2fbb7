import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import type { PurchaseDetail } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { instant, zoneInWords } from '../../design/format/instant.ts'
import { money } from '../../design/format/money.ts'
import { CopyIcon } from '../../design/ui/Copyable.tsx'
import { cardInWords } from '../cards/index.ts'
import { PaymentStatus } from './PaymentStatus.tsx'
import { describeKind } from './Payments.tsx'
import classes from './Receipt.module.css'

/** The receipt of a payment, or the payment's status while it has none. */
export function Receipt({ purchase, timeZone }: { purchase: PurchaseDetail; timeZone: string }) {
  const { receipt } = purchase
  return (
    <article className={classes.paper}>
      <header className={classes.top}>
        <div>
          <p className={classes.title}>
            {receipt && <span className={classes.printed}>Receipt </span>}
            {receipt ? receipt.number : describeKind(purchase)}
          </p>
          <p className={classes.date}>
            {instant(receipt?.issuedAt ?? purchase.createdAt, 'dateLong', timeZone)}
          </p>
        </div>
        <PaymentStatus status={purchase.status} />
      </header>
      {!receipt && <Open purchase={purchase} />}
      {receipt && (
        <div className={classes.parties}>
          <Party label="From" name={receipt.seller.name}>
            {receipt.seller.address !== null && (
              <span className={classes.address}>{receipt.seller.address}</span>
            )}
            {receipt.seller.taxId !== null && <span>Tax ID {receipt.seller.taxId}</span>}
          </Party>
          <Party label="To" name={receipt.buyer.name}>
            {receipt.buyer.email !== null && <span>{receipt.buyer.email}</span>}
          </Party>
        </div>
      )}
      <Lines purchase={purchase} />
      <Facts purchase={purchase} timeZone={timeZone} />
    </article>
  )
}

function Party(props: { label: string; name: string; children: ReactNode }) {
  return (
    <div className={classes.party}>
      <p className={classes.role}>{props.label}</p>
      <p className={classes.partyName}>{props.name}</p>
      {props.children}
    </div>
  )
}

/** Says why a payment has no receipt yet. */
function Open({ purchase }: { purchase: PurchaseDetail }) {
  const words = {
    pending: 'The bank has not responded yet. The receipt appears here once the payment is made.',
    requires_action: 'Confirm this payment with your bank. You will not be charged until you do.',
    failed: purchase.failure?.message || 'The payment was declined. Nothing was charged.',
    succeeded: '',
  }
  return (
    <div className={classes.open}>
      <p className={classes.openText}>{words[purchase.status]}</p>
      {purchase.status === 'requires_action' && purchase.actionUrl !== null && (
        <Button component="a" href={purchase.actionUrl} size="xs">
          Finish at your bank
        </Button>
      )}
    </div>
  )
}

function Lines({ purchase }: { purchase: PurchaseDetail }) {
  const { amount, receipt } = purchase
  const tax = receipt?.tax ?? null
  const net = tax && { minor: amount.minor - tax.amount.minor, currency: amount.currency }
  return (
    <table className={classes.lines}>
      <thead>
        <tr>
          <th scope="col">Description</th>
          <th scope="col">Amount</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <td>
            {purchase.description}
            <span className={classes.note}>{describeCredits(purchase)}</span>
          </td>
          <td>{money(amount)}</td>
        </tr>
      </tbody>
      <tfoot>
        {tax && net && (
          <>
            <tr>
              <th scope="row">Without tax</th>
              <td>{money(net)}</td>
            </tr>
            <tr>
              <th scope="row">
                {tax.name}, {tax.percent} %
              </th>
              <td>{money(tax.amount)}</td>
            </tr>
          </>
        )}
        <tr className={classes.total}>
          <th scope="row">
            Total in {amount.currency}
            {receipt && tax === null && <span className={classes.noTax}>no tax included</span>}
          </th>
          <td>{money(amount)}</td>
        </tr>
      </tfoot>
    </table>
  )
}

function describeCredits({ credits, purpose, status }: PurchaseDetail): string {
  if (credits.milliseconds === 0)
    return purpose === 'renewal' ? 'Includes the monthly credits of the cycle' : ''
  const amount = creditsInWords(credits.milliseconds)
  if (status !== 'succeeded') return amount
  return purpose === 'top_up'
    ? `${amount}, which never expire`
    : `${amount} for the rest of the billing cycle`
}

function Facts({ purchase, timeZone }: { purchase: PurchaseDetail; timeZone: string }) {
  const { receipt, settledAt, paymentMethod, balanceAfter } = purchase
  const at = (moment: string) => (
    <time dateTime={moment}>
      {instant(moment, 'dateTime', timeZone)}, {zoneInWords(timeZone)}
    </time>
  )
  return (
    <dl className={classes.facts}>
      {receipt ? (
        <Fact name="Paid">{at(receipt.issuedAt)}</Fact>
      ) : (
        <Fact name="Ordered">{at(purchase.createdAt)}</Fact>
      )}
      {!receipt && settledAt !== null && <Fact name="Completed">{at(settledAt)}</Fact>}
      <Fact name="Kind">{describeKind(purchase)}</Fact>
      {paymentMethod && <Fact name="Card">{cardInWords(paymentMethod)}</Fact>}
      {balanceAfter && <Fact name="Balance after">{creditsInWords(balanceAfter.milliseconds)}</Fact>}
      <Fact name="Payment ID">
        <span className={classes.id}>{purchase.id}</span>
        <CopyIcon value={purchase.id} what="payment ID" />
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
