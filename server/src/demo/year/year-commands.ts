import { LEASE_MS, RINGING_MS_MAX } from '@talktime/core/calls/call-lease'
import type { CallCommand } from '../../calls/index.ts'
import { newUuid } from '../../platform/ids.ts'
import type { CastAgent } from '../demo-agents.ts'
import { lastHeartbeatMs } from '../planned-call.ts'
import type { YearCall } from './year-plan.ts'

/** A command and the moment at which it reaches the product. */
export type TimedCommand = { readonly atMs: number; readonly command: CallCommand }

export type CommandDeps = {
  readonly workspaceId: string
  readonly agentIdOf: (agent: CastAgent) => string
  readonly calls: readonly YearCall[]
}

/** What a voice stack, and the reaper, say of the calls, in the order in which they say it. */
export function commandsOf({ workspaceId, agentIdOf, calls }: CommandDeps): TimedCommand[] {
  return calls
    .flatMap((call, index) => {
      const callId = newUuid(call.ringsAtMs)
      const start: CallCommand = {
        type: 'start',
        workspaceId,
        callId,
        agentId: agentIdOf(call.agent),
        direction: call.agent.direction,
        from: call.from,
        to: call.to,
        externalId: `demo-${String(index + 1).padStart(6, '0')}`,
        atMs: call.ringsAtMs,
      }
      return [{ atMs: call.ringsAtMs, command: start }, ...reports(call, workspaceId, callId)]
    })
    .sort((a, b) => a.atMs - b.atMs)
}

function reports(call: YearCall, workspaceId: string, callId: string): TimedCommand[] {
  const { answeredAtMs, endedAtMs, endReason } = call
  const target = { callId }
  const answer = (delayMs: number): TimedCommand[] =>
    answeredAtMs === null
      ? []
      : [
          {
            atMs: answeredAtMs + delayMs,
            command: { type: 'answer', workspaceId, target, atMs: answeredAtMs },
          },
        ]
  const end = (delayMs: number): TimedCommand => ({
    atMs: endedAtMs + delayMs,
    command: { type: 'end', workspaceId, target, atMs: endedAtMs, reason: endReason },
  })
  const reaped = (): TimedCommand[] => {
    const reap: CallCommand = { type: 'reap', workspaceId, target, listeningSinceMs: call.ringsAtMs }
    if (answeredAtMs === null) return [{ atMs: call.ringsAtMs + RINGING_MS_MAX, command: reap }]
    // Of the heartbeats only the last one matters.
    const seenAtMs = lastHeartbeatMs(call)
    return [
      { atMs: seenAtMs, command: { type: 'heartbeat', workspaceId, target } },
      { atMs: seenAtMs + LEASE_MS, command: reap },
    ]
  }
  switch (call.ending) {
    case 'once':
      return [...answer(0), end(0)]
    case 'late':
      return [...answer(0), end(call.reportDelayMs)]
    case 'three_times':
      return [...answer(0), end(0), end(900), end(4_000)]
    case 'before_the_answer':
      return [end(0), ...answer(endedAtMs - (answeredAtMs ?? endedAtMs) + 1_500)]
    case 'never':
      return [...answer(0), ...reaped()]
    case 'too_late':
      return [...answer(0), ...reaped(), end(call.reportDelayMs)]
  }
}
