import { VisuallyHidden } from '@mantine/core'
import { balanceAt } from '@talktime/core/billing/balance-line'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { serverNow } from '../api/server-clock.ts'
import { creditsInWords } from '../design/format/credits.ts'
import { balanceQuery, lineOf } from '../features/balance/index.ts'

/** Screen readers hear of changes at most this often. */
const quietMs = 30_000

/** Says politely, and rarely, how many calls are running and what is left. */
export function Announcer() {
  const balance = useQuery(balanceQuery).data
  const [spoken, setSpoken] = useState('')
  const lastSpokenMs = useRef(0)
  const lastTopic = useRef<string | null>(null)

  useEffect(() => {
    if (!balance) return
    const topic = `${balance.liveCalls} ${balance.status}`
    // What was true when the page opened stands on it; only changes are told.
    if (lastTopic.current === null) lastTopic.current = topic
    if (lastTopic.current === topic) return
    const wait = Math.max(0, lastSpokenMs.current + quietMs - Date.now())
    const timer = setTimeout(() => {
      lastTopic.current = topic
      lastSpokenMs.current = Date.now()
      const left = creditsInWords(balanceAt(lineOf(balance), serverNow()))
      const calls = balance.liveCalls === 1 ? '1 call' : `${balance.liveCalls} calls`
      const state = { ok: '', low: ' The balance is low.', out: ' Out of credits.' }[balance.status]
      setSpoken(`${calls} in conversation, ${left} left.${state}`)
    }, wait)
    return () => clearTimeout(timer)
  }, [balance])

  return (
    <VisuallyHidden role="status" aria-live="polite">
      {spoken}
    </VisuallyHidden>
  )
}
