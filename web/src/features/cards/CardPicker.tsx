import { Button, Select, Skeleton } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { PaymentMethod } from '../../api/types.ts'
import classes from '../../design/ui/Dialog.module.css'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { cardInWords } from './card-labels.ts'
import { paymentMethodsQuery } from './card-queries.ts'
import { useAddCard } from './use-add-card.tsx'

/** Finds the card to charge: the chosen one while it exists, or else the default. */
export function findChargedCard(
  cards: readonly PaymentMethod[] | undefined,
  chosenId: string | null,
): PaymentMethod | undefined {
  return cards?.find((card) => card.id === chosenId) ?? cards?.find((card) => card.isDefault)
}

/** Chooses the card to charge. A card added here is chosen. */
export function CardPicker(props: {
  chosenId: string | null
  onChange: (card: PaymentMethod) => void
  disabled?: boolean
}) {
  const cards = useQuery(paymentMethodsQuery)
  const { start, starting, dialog } = useAddCard(props.onChange)
  const chosen = findChargedCard(cards.data, props.chosenId)
  const add = (
    <Button
      variant="default"
      leftSection={<IconPlus size={15} aria-hidden />}
      loading={starting}
      disabled={props.disabled ?? false}
      onClick={start}
    >
      Add card
    </Button>
  )
  return (
    <Loaded query={cards} what="Cards" skeleton={<Skeleton height={36} />}>
      {(list) => (
        <>
          {chosen ? (
            <div className={classes.pair}>
              <Select
                label="Card"
                data={list.map((card) => ({ value: card.id, label: cardInWords(card) }))}
                value={chosen.id}
                onChange={(id) => {
                  const card = list.find((candidate) => candidate.id === id)
                  if (card) props.onChange(card)
                }}
                allowDeselect={false}
                disabled={props.disabled ?? false}
              />
              {add}
            </div>
          ) : (
            <div className={classes.pair}>
              <p className={classes.text}>Add a card to pay with.</p>
              {add}
            </div>
          )}
          {dialog}
        </>
      )}
    </Loaded>
  )
}
