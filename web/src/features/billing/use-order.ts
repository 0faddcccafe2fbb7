import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { type ApiProblem, asProblem } from '../../api/problem.ts'
import { forgetOrder, readOrder, rememberOrder, type SentOrder } from './order-memory.ts'

/** Whether the server rejected the order. After any other error, the order may have been carried out. */
const isRejection = (problem: ApiProblem) => problem.status >= 400 && problem.status < 500

/**
 * Places an order that costs money. Until the server answers, the order can only be repeated unchanged, under its
 * idempotency key: a double click, a retry or a reload of the page orders once. After a rejection, the next order is a
 * new one.
 *
 * @param name identifies the order in this tab, and contains the id of the workspace
 */
export function useOrder<Body, Answer>(options: {
  name: string
  isBody: (body: unknown) => body is Body
  send: (body: Body, idempotencyKey: string) => Promise<Answer>
  onAnswer: (answer: Answer) => void
}) {
  const { name } = options
  const [unanswered, setUnanswered] = useState(() => readOrder(name, options.isBody))
  const underWay = useRef<SentOrder<Body> | null>(null)
  const mutation = useMutation({
    mutationFn: (order: SentOrder<Body>) => options.send(order.body, order.key),
    onSuccess: (answer) => {
      forgetOrder(name)
      setUnanswered(null)
      options.onAnswer(answer)
    },
    onError: (error, order) => {
      if (isRejection(asProblem(error))) {
        forgetOrder(name)
        setUnanswered(null)
      } else {
        setUnanswered(order)
      }
    },
    onSettled: () => {
      underWay.current = null
    },
  })

  return {
    /** The order that has to be repeated, or given up, before another can be placed. */
    unanswered: unanswered?.body ?? null,
    problem: mutation.error === null ? null : asProblem(mutation.error),
    pending: mutation.isPending,
    place(body: Body) {
      if (underWay.current !== null) return
      const order = unanswered ?? { key: crypto.randomUUID(), body }
      underWay.current = order
      rememberOrder(name, order)
      mutation.mutate(order)
    },
    /** Gives up waiting for an answer. If the order was carried out, the history shows it. */
    startOver() {
      forgetOrder(name)
      setUnanswered(null)
      mutation.reset()
    },
    /** Clears the last error. */
    clear: () => mutation.reset(),
  }
}
