import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { type ApiProblem, asProblem } from '../../api/problem.ts'
import { forgetOrder, rememberedOrder, rememberOrder, type SentOrder } from './order-memory.ts'

/** Whether the server has decided: after anything else the order may have been carried out. */
const isDecided = (problem: ApiProblem) => problem.status >= 400 && problem.status < 500

/**
 * Places an order that costs money. Until an answer comes, it can only be placed again as it was, under the same
 * idempotency key: a double click, another try and a reload of the page order once. After a refusal the next order
 * is a new one.
 *
 * @param name tells this order from others of the tab; it names the workspace
 */
export function useOrder<Body, Answer>(options: {
  name: string
  isBody: (body: unknown) => body is Body
  send: (body: Body, idempotencyKey: string) => Promise<Answer>
  onAnswer: (answer: Answer) => void
}) {
  const { name } = options
  const [owed, setOwed] = useState(() => rememberedOrder(name, options.isBody))
  const underWay = useRef<SentOrder<Body> | null>(null)
  const mutation = useMutation({
    mutationFn: (order: SentOrder<Body>) => options.send(order.body, order.key),
    onSuccess: (answer) => {
      forgetOrder(name)
      setOwed(null)
      options.onAnswer(answer)
    },
    onError: (error, order) => {
      if (isDecided(asProblem(error))) {
        forgetOrder(name)
        setOwed(null)
      } else {
        setOwed(order)
      }
    },
    onSettled: () => {
      underWay.current = null
    },
  })

  return {
    /** The order that must be asked for again before another can be placed. */
    owed: owed?.body ?? null,
    problem: mutation.error === null ? null : asProblem(mutation.error),
    pending: mutation.isPending,
    place(body: Body) {
      if (underWay.current !== null) return
      const order = owed ?? { key: crypto.randomUUID(), body }
      underWay.current = order
      rememberOrder(name, order)
      mutation.mutate(order)
    },
    /** Gives up asking: what was ordered, if it was, shows in the history. */
    startAnew() {
      forgetOrder(name)
      setOwed(null)
      mutation.reset()
    },
    /** Takes the last refusal off the screen. */
    clear: () => mutation.reset(),
  }
}
