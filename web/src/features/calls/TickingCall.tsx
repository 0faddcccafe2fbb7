import type { Call } from '../../api/types.ts'
import { creditsExact, creditsFixed } from '../../design/format/credits.ts'
import { secondsFixed, timer } from '../../design/format/duration.ts'
import { useTicking } from '../../design/ui/use-ticking.ts'

type Timed = Pick<Call, 'status' | 'answeredAt' | 'duration' | 'charged' | 'authorizedAt'>

/** How long the conversation has lasted at an instant, in milliseconds; what the call has cost is the same. */
function talkedMs(call: Timed, nowMs: number): number {
  if (call.status === 'in_conversation' && call.answeredAt !== null) {
    return Math.max(0, nowMs - Date.parse(call.answeredAt))
  }
  return call.charged.milliseconds
}

/** Seconds on the clock: of the conversation, or of the ringing before it. */
export function CallTimer({ call }: { call: Timed }) {
  const ringing = call.status === 'authorized'
  const running = ringing || call.status === 'in_conversation'
  const text = useTicking((nowMs) => {
    if (ringing) return timer(nowMs - Date.parse(call.authorizedAt))
    return timer(
      call.status === 'in_conversation' ? talkedMs(call, nowMs) : (call.duration?.milliseconds ?? 0),
    )
  }, running)
  return <>{text}</>
}

/** Credits so far with two decimals. */
export function CallCredits({ call }: { call: Timed }) {
  return <>{useTicking((nowMs) => creditsFixed(talkedMs(call, nowMs)), call.status === 'in_conversation')}</>
}

/** The seconds talked, with their milliseconds. */
export function CallSeconds({ call }: { call: Timed }) {
  return <>{useTicking((nowMs) => secondsFixed(talkedMs(call, nowMs)), call.status === 'in_conversation')}</>
}

/** Credits exact to the millisecond. */
export function CallCreditsExact({ call }: { call: Timed }) {
  return <>{useTicking((nowMs) => creditsExact(talkedMs(call, nowMs)), call.status === 'in_conversation')}</>
}
