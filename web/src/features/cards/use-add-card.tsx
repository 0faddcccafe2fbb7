import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import { ApiProblem, asProblem } from '../../api/problem.ts'
import type { PaymentMethod, TestCard } from '../../api/types.ts'
import { toast } from '../../design/ui/toast.ts'
import { cardInWords } from './card-labels.ts'
import { paymentMethodsQuery } from './card-queries.ts'
import { TestCardDialog } from './TestCardDialog.tsx'

/** A gateway that has test cards wants to know which: it is the sandbox. */
const wantsTestCard = (error: Error) =>
  error instanceof ApiProblem && error.parts.some((part) => part.pointer === '/testCard')

/**
 * Adding a card, whatever the gateway: the sandbox's are chosen in `dialog`, those of a real one are typed in on its
 * own page, to which `start` goes.
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
      toast(`${cardInWords(answer)} is added; it is the default`)
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
