import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import { ApiProblem, asProblem } from '../../api/problem.ts'
import type { PaymentMethod, TestCard } from '../../api/types.ts'
import { toast } from '../../design/ui/toast.ts'
import { cardInWords } from './card-labels.ts'
import { paymentMethodsQuery } from './card-queries.ts'
import { TestCardDialog } from './TestCardDialog.tsx'

/** The sandbox gateway rejects a request that does not name a test card. */
const wantsTestCard = (error: Error) =>
  error instanceof ApiProblem && error.parts.some((part) => part.pointer === '/testCard')

/**
 * Adds a card with either gateway. The sandbox's test cards are chosen in `dialog`. A real gateway takes the card on its
 * own page, which `start` opens.
 */
export function useAddCard(onAdded?: (card: PaymentMethod) => void): {
  start: () => void
  starting: boolean
  dialog: ReactNode
} {
  const queryClient = useQueryClient()
  const cards = useQuery(paymentMethodsQuery).data
  const [choosing, setChoosing] = useState(false)

  const add = useMutation({
    mutationFn: (testCard: TestCard | undefined) =>
      readBody(api.POST('/v1/payment-methods', { body: testCard === undefined ? {} : { testCard } })),
    onSuccess: async (answer) => {
      if ('setupUrl' in answer) {
        location.assign(answer.setupUrl)
        return
      }
      await queryClient.invalidateQueries({ queryKey: paymentMethodsQuery.queryKey })
      setChoosing(false)
      toast(`${cardInWords(answer)} added as the default card`)
      onAdded?.(answer)
    },
    onError: (error) => {
      if (choosing) return
      if (wantsTestCard(error)) setChoosing(true)
      else toast(asProblem(error).message)
    },
  })

  return {
    start: () => {
      add.reset()
      if (cards?.some((card) => card.testCard !== null)) setChoosing(true)
      else add.mutate(undefined)
    },
    starting: add.isPending && !choosing,
    dialog: choosing && (
      <TestCardDialog
        adding={add.isPending}
        message={add.error === null || wantsTestCard(add.error) ? null : asProblem(add.error).message}
        onAdd={add.mutate}
        onClose={() => setChoosing(false)}
      />
    ),
  }
}
