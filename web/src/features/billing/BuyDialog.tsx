import { Button, Modal, NumberInput, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import type { Package, Purchase } from '../../api/types.ts'
import { creditsBrief, creditsInWords } from '../../design/format/credits.ts'
import { money, pricePerCredit, times } from '../../design/format/money.ts'
import { ChoiceList } from '../../design/ui/ChoiceList.tsx'
import classes from '../../design/ui/Dialog.module.css'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { CardPicker, findChargedCard, paymentMethodsQuery } from '../cards/index.ts'
import { packagesQuery } from '../pricing/index.ts'
import { useMembership } from '../workspace/index.ts'
import { BalanceAfter } from './BalanceAfter.tsx'
import { Term, Terms } from './Terms.tsx'
import { useOrder } from './use-order.ts'

const QUANTITY_MAX = 100

type Order = { packageId: string; quantity: number; paymentMethodId: string }

function isOrder(body: unknown): body is Order {
  if (typeof body !== 'object' || body === null) return false
  const { packageId, quantity, paymentMethodId } = body as Partial<Order>
  return typeof packageId === 'string' && typeof quantity === 'number' && typeof paymentMethodId === 'string'
}

type Dialog = { preferred: string; onOrdered: (purchase: Purchase) => void; onClose: () => void }

/** Buys top-up credits: package, quantity, card, total and the balance after it. */
export function BuyDialog(props: Dialog) {
  const packages = useQuery(packagesQuery)
  return (
    <Modal opened onClose={props.onClose} title="Buy credits">
      <Loaded query={packages} what="The packages" skeleton={<Skeleton height={280} />}>
        {(list) => {
          const first = list.find((pack) => pack.id === props.preferred) ?? list[0]
          if (first === undefined)
            return <p className={classes.text}>There are no packages to buy right now.</p>
          return <BuyForm {...props} packages={list} first={first} />
        }}
      </Loaded>
    </Modal>
  )
}

function BuyForm(props: Dialog & { packages: Package[]; first: Package }) {
  const { workspace } = useMembership()
  const cards = useQuery(paymentMethodsQuery).data
  const order = useOrder<Order, Purchase>({
    name: `purchase.${workspace.id}`,
    isBody: isOrder,
    send: (body, key) => readBody(api.POST('/v1/purchases', { body, headers: { 'Idempotency-Key': key } })),
    onAnswer: props.onOrdered,
  })
  const { unanswered } = order
  const [packageId, setPackageId] = useState(unanswered?.packageId ?? props.first.id)
  const [quantity, setQuantity] = useState<number | string>(unanswered?.quantity ?? 1)
  const [cardId, setCardId] = useState<string | null>(unanswered?.paymentMethodId ?? null)

  const pack = props.packages.find((candidate) => candidate.id === packageId) ?? props.first
  const card = findChargedCard(cards, cardId)
  const count = readQuantity(quantity)
  const total = times(pack.price, count ?? 1)
  const locked = unanswered !== null || order.pending
  const edit =
    <Value,>(set: (value: Value) => void) =>
    (value: Value) => {
      order.clear()
      set(value)
    }

  return (
    <div className={classes.form}>
      <PackageChoice
        packages={props.packages}
        chosen={pack}
        onChange={edit(setPackageId)}
        disabled={locked}
      />
      <QuantityInput value={quantity} onChange={edit(setQuantity)} valid={count !== null} disabled={locked} />
      <CardPicker chosenId={cardId} onChange={edit((chosen) => setCardId(chosen.id))} disabled={locked} />
      <OrderTerms pack={pack} count={count} />
      <FormMessage message={order.problem?.message ?? null} />
      {unanswered !== null && (
        <p className={classes.text} role="status">
          We sent this purchase but have not received a response. Retry: you will not be charged twice.
        </p>
      )}
      <div className={classes.buttons}>
        <Button
          variant="default"
          disabled={unanswered !== null && order.pending}
          onClick={unanswered === null ? props.onClose : order.startOver}
        >
          {unanswered === null ? 'Cancel' : 'Start over'}
        </Button>
        <Button
          loading={order.pending}
          disabled={count === null || card === undefined}
          onClick={() => {
            if (count === null || card === undefined) return
            order.place({ packageId: pack.id, quantity: count, paymentMethodId: card.id })
          }}
        >
          {unanswered === null ? 'Purchase' : 'Retry'} · {money(total)}
        </Button>
      </div>
    </div>
  )
}

function QuantityInput(props: {
  value: number | string
  onChange: (value: number | string) => void
  valid: boolean
  disabled: boolean
}) {
  return (
    <NumberInput
      label="Quantity"
      min={1}
      max={QUANTITY_MAX}
      clampBehavior="none"
      allowDecimal={false}
      allowNegative={false}
      value={props.value}
      onChange={props.onChange}
      error={props.valid ? null : `Enter a whole number from 1 to ${QUANTITY_MAX}`}
      disabled={props.disabled}
    />
  )
}

function readQuantity(quantity: number | string): number | null {
  const count = Number(quantity)
  return Number.isInteger(count) && count >= 1 && count <= QUANTITY_MAX ? count : null
}

function PackageChoice(props: {
  packages: Package[]
  chosen: Package
  onChange: (packageId: string) => void
  disabled: boolean
}) {
  return (
    <ChoiceList
      legend="Package"
      choices={props.packages.map((pack) => ({
        value: pack.id,
        label: creditsInWords(pack.credits.milliseconds),
        note: `${pricePerCredit(pack.price, pack.credits.milliseconds)} per credit`,
        end: money(pack.price),
      }))}
      value={props.chosen.id}
      onChange={props.onChange}
      disabled={props.disabled}
    />
  )
}

/** What the order buys and costs, and the balance after it; dashes while the quantity (`count`) is invalid. */
function OrderTerms({ pack, count }: { pack: Package; count: number | null }) {
  const packMs = pack.credits.milliseconds
  if (count === null) {
    return (
      <Terms>
        <Term name="Credits">—</Term>
        <Term name="Total" total>
          —
        </Term>
        <Term name="Balance after" note="Top-up credits never expire">
          —
        </Term>
      </Terms>
    )
  }
  return (
    <Terms>
      <Term name={`${count} × ${creditsInWords(packMs)}`}>{creditsBrief(packMs * count)} credits</Term>
      <Term name="Total" total>
        {money(times(pack.price, count))}
      </Term>
      <Term name="Balance after" note="Top-up credits never expire">
        <BalanceAfter addedMs={packMs * count} />
      </Term>
    </Terms>
  )
}
