import { ActionIcon, Button, Menu, Skeleton } from '@mantine/core'
import { IconCheck, IconCreditCard, IconDots, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import { serverNow } from '../../api/server-clock.ts'
import type { PaymentMethod } from '../../api/types.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Confirm } from '../../design/ui/Confirm.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { toast } from '../../design/ui/toast.ts'
import {
  cardInWords,
  expiryInWords,
  isExpired,
  paymentMethodsQuery,
  testCards,
  useAddCard,
} from '../cards/index.ts'
import { subscriptionQuery } from './billing-queries.ts'
import classes from './CardsCard.module.css'

/** The saved cards, for owners and admins. */
export function CardsCard() {
  const cards = useQuery(paymentMethodsQuery)
  const { start, starting, dialog } = useAddCard()
  return (
    <Card
      title="Cards"
      actions={
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={15} aria-hidden />}
          loading={starting}
          onClick={start}
        >
          Add card
        </Button>
      }
      flush
    >
      <Loaded
        query={cards}
        what="Cards"
        skeleton={
          <div className={classes.empty} role="status" aria-label="Loading cards">
            <Skeleton height={14} width="62%" my={6} />
            <Skeleton height={12} width="40%" />
          </div>
        }
      >
        {(list) =>
          list.length === 0 ? (
            <p className={classes.empty}>
              No cards yet. A card pays for plans, credits and auto-reload. Adding one charges nothing.
            </p>
          ) : (
            <CardList cards={list} />
          )
        }
      </Loaded>
      {dialog}
    </Card>
  )
}

function CardList({ cards }: { cards: PaymentMethod[] }) {
  const queryClient = useQueryClient()
  const [removing, setRemoving] = useState<PaymentMethod | null>(null)
  const reload = () => queryClient.invalidateQueries({ queryKey: paymentMethodsQuery.queryKey })
  const makeDefault = useMutation({
    mutationFn: (card: PaymentMethod) =>
      readBody(api.POST('/v1/payment-methods/{id}/default', { params: { path: { id: card.id } } })),
    onSuccess: async (card) => {
      await reload()
      toast(`${cardInWords(card)} is now the default card`)
    },
    onError: (error) => toast(asProblem(error).message),
  })
  return (
    <>
      <ul className={classes.list}>
        {cards.map((card) => (
          <li key={card.id} className={classes.card}>
            <CardText card={card} />
            <CardMenu
              card={card}
              onMakeDefault={() => makeDefault.mutate(card)}
              onRemove={() => setRemoving(card)}
            />
          </li>
        ))}
      </ul>
      {removing && (
        <Confirm
          title={`Remove ${cardInWords(removing)}?`}
          button="Remove card"
          act={() =>
            api.DELETE('/v1/payment-methods/{id}', { params: { path: { id: removing.id } } }).then(reload)
          }
          onDone={() => {
            toast(`${cardInWords(removing)} removed`)
            setRemoving(null)
          }}
          onClose={() => setRemoving(null)}
        >
          <RemovalConsequence card={removing} cards={cards} />
        </Confirm>
      )}
    </>
  )
}

function CardText({ card }: { card: PaymentMethod }) {
  return (
    <>
      <IconCreditCard size={20} stroke={1.5} className={classes.icon} aria-hidden />
      <div className={classes.text}>
        <div className={classes.name}>
          {cardInWords(card)}
          {card.isDefault && <span className={classes.default}>Default</span>}
        </div>
        <div className={classes.note}>
          {isExpired(card, serverNow()) ? (
            <span className={classes.expired}>Expired {expiryInWords(card)}</span>
          ) : (
            `Expires ${expiryInWords(card)}`
          )}
          {card.testCard !== null && ` · Test card: ${testCards[card.testCard].label.toLowerCase()}`}
        </div>
      </div>
    </>
  )
}

function CardMenu(props: { card: PaymentMethod; onMakeDefault: () => void; onRemove: () => void }) {
  const { card } = props
  return (
    <Menu width={190}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${cardInWords(card)}`}>
          <IconDots size={18} stroke={1.75} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconCheck size={16} stroke={1.75} aria-hidden />}
          disabled={card.isDefault}
          onClick={props.onMakeDefault}
        >
          Make default
        </Menu.Item>
        <Menu.Item leftSection={<IconTrash size={16} stroke={1.75} aria-hidden />} onClick={props.onRemove}>
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** Says what removing the card means for future charges. */
function RemovalConsequence({ card, cards }: { card: PaymentMethod; cards: PaymentMethod[] }) {
  const renewal = useQuery(subscriptionQuery).data?.renewal
  const next = cards.find((other) => other.id !== card.id)
  if (!card.isDefault) return 'It will not be charged again. Payments waiting for its bank are canceled.'
  if (next) {
    return `It will not be charged again. ${cardInWords(next)} becomes the default and pays for your plan, credits and auto-reload. Payments waiting for the removed card’s bank are canceled.`
  }
  return renewal
    ? 'This is your only card. Without one, the next renewal cannot be paid and auto-reload stops.'
    : 'This is your only card. Without one, you cannot buy credits and auto-reload stops.'
}
