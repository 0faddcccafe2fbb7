import type { Call } from '../../api/types.ts'
import { creditsExact, creditsFixed } from '../../design/format/credits.ts'
import { secondsFixed, timer } from '../../design/format/duration.ts'
import { useTicking } from '../../design/ui/use-ticking.ts'

type Timed = Pick<Call, 'status' | 'answeredAt' | 'duration' | 'charged' | 'authorizedAt'>

/** How long the conversation has lasted at an instant, in milliseconds. This is also what the call has cost. */
function measureTalkMs(call: Timed, nowMs: number): number {
  if (call.status === 'in_conversation' && call.answeredAt !== null) {
    return Math.max(0, nowMs - Date.parse(call.answeredAt))
  }
  return call.charged.milliseconds
}

/** A timer of the conversation, or of the ringing before it. */
export function CallTimer({ call }: { call: Timed }) {
  const ringing = call.status === 'authorized'
  const running = ringing || call.status === 'in_conversation'
  const text = useTicking((nowMs) => {
    if (ringing) return timer(nowMs - Date.parse(call.authorizedAt))
    return timer(
      call.status === 'in_conversation' ? measureTalkMs(call, nowMs) : (call.duration?.milliseconds ?? 0),
    )
  }, running)
  return <>{text}</>
}

/** The call's credits so far, with two decimals. */
export function CallCredits({ call }: { call: Timed }) {
  return (
    <>{useTicking((nowMs) => creditsFixed(measureTalkMs(call, nowMs)), call.status === 'in_conversation')}</>
  )
}

/** The seconds of conversation, with milliseconds. */
export function CallSeconds({ call }: { call: Timed }) {
  return (
    <>{useTicking((nowMs) => secondsFixed(measureTalkMs(call, nowMs)), call.status === 'in_conversation')}</>
  )
}

/** The call's credits so far, exact to the millisecond. */
export function CallCreditsExact({ call }: { call: Timed }) {
  return (
    <>{useTicking((nowMs) => creditsExact(measureTalkMs(call, nowMs)), call.status === 'in_conversation')}</>
  )
}
