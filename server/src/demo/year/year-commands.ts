import { LEASE_MS, RINGING_MS_MAX } from '@talktime/core/calls/call-lease'
import { assertNever } from '@talktime/core/exhaustive'
import type { CallCommand } from '../../calls/index.ts'
import { newUuid } from '../../platform/ids.ts'
import type { DemoAgent } from '../demo-agents.ts'
import { findLastHeartbeatMs } from '../planned-call.ts'
import type { YearCall } from './year-plan.ts'

/** A command and the time at which it reaches the engine. */
export type TimedCommand = { readonly atMs: number; readonly command: CallCommand }

export type CommandOptions = {
  readonly workspaceId: string
  readonly findAgentId: (agent: DemoAgent) => string
  readonly calls: readonly YearCall[]
}

/** Lists the commands that the voice stack and the reaper send for the calls, in order of time. */
export function planCommands({ workspaceId, findAgentId, calls }: CommandOptions): TimedCommand[] {
  return calls
    .flatMap((call, index) => {
      const callId = newUuid(call.ringsAtMs)
      const start: CallCommand = {
        type: 'start',
        workspaceId,
        callId,
        agentId: findAgentId(call.agent),
        direction: call.agent.direction,
        from: call.from,
        to: call.to,
        externalId: `demo-${String(index + 1).padStart(6, '0')}`,
        atMs: call.ringsAtMs,
      }
      return [{ atMs: call.ringsAtMs, command: start }, ...planReports(call, workspaceId, callId)]
    })
    .sort((a, b) => a.atMs - b.atMs)
}

function planReports(call: YearCall, workspaceId: string, callId: string): TimedCommand[] {
  const { answeredAtMs, endedAtMs, endReason } = call
  const target = { callId }
  const planAnswer = (delayMs: number): TimedCommand[] =>
    answeredAtMs === null
      ? []
      : [
          {
            atMs: answeredAtMs + delayMs,
            command: { type: 'answer', by: 'workspace', workspaceId, target, atMs: answeredAtMs },
          },
        ]
  const planEnd = (delayMs: number): TimedCommand => ({
    atMs: endedAtMs + delayMs,
    command: { type: 'end', by: 'workspace', workspaceId, target, atMs: endedAtMs, reason: endReason },
  })
  const planReaping = (): TimedCommand[] => {
    const reap: CallCommand = { type: 'reap', workspaceId, target, listeningSinceMs: call.ringsAtMs }
    if (answeredAtMs === null) return [{ atMs: call.ringsAtMs + RINGING_MS_MAX, command: reap }]
    // Only the last heartbeat matters.
    const seenAtMs = findLastHeartbeatMs(call)
    return [
      { atMs: seenAtMs, command: { type: 'heartbeat', workspaceId, target } },
      { atMs: seenAtMs + LEASE_MS, command: reap },
    ]
  }
  switch (call.ending) {
    case 'once':
      return [...planAnswer(0), planEnd(0)]
    case 'late':
      return [...planAnswer(0), planEnd(call.reportDelayMs)]
    case 'three_times':
      return [...planAnswer(0), planEnd(0), planEnd(900), planEnd(4_000)]
    case 'before_the_answer':
      return [planEnd(0), ...planAnswer(endedAtMs - (answeredAtMs ?? endedAtMs) + 1_500)]
    case 'never':
      return [...planAnswer(0), ...planReaping()]
    case 'too_late':
      return [...planAnswer(0), ...planReaping(), planEnd(call.reportDelayMs)]
    default:
      return assertNever(call.ending)
  }
}
