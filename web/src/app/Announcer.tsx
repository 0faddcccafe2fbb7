import { VisuallyHidden } from '@mantine/core'
import { balanceAt } from '@talktime/core/billing/balance-line'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { serverNow } from '../api/server-clock.ts'
import { creditsInWords } from '../design/format/credits.ts'
import { balanceQuery, lineOf } from '../features/balance/index.ts'

/** The shortest time between two announcements. */
const QUIET_MS = 30_000

/** Tells screen readers when the number of live calls or the balance status changes, politely and rarely. */
export function Announcer() {
  const balance = useQuery(balanceQuery).data
  const [spoken, setSpoken] = useState('')
  const lastSpokenMs = useRef(0)
  const lastTopic = useRef<string | null>(null)

  useEffect(() => {
    if (!balance) return
    const topic = `${balance.liveCalls} ${balance.status}`
    // The page itself says what was true when it opened; only changes are announced.
    if (lastTopic.current === null) lastTopic.current = topic
    if (lastTopic.current === topic) return
    const waitMs = Math.max(0, lastSpokenMs.current + QUIET_MS - Date.now())
    const timer = setTimeout(() => {
      lastTopic.current = topic
      lastSpokenMs.current = Date.now()
      const left = creditsInWords(balanceAt(lineOf(balance), serverNow()))
      const calls = balance.liveCalls === 1 ? '1 call' : `${balance.liveCalls} calls`
      const status = { ok: '', low: ' The balance is low.', out: ' Out of credits.' }[balance.status]
      setSpoken(`${calls} in conversation, ${left} left.${status}`)
    }, waitMs)
    return () => clearTimeout(timer)
  }, [balance])

  return (
    <VisuallyHidden role="status" aria-live="polite">
      {spoken}
    </VisuallyHidden>
  )
}
