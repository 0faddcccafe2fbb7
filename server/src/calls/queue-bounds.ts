import { assertNever } from '@talktime/core/exhaustive'
import type { Bounds } from '../platform/coalescer.ts'
import type { CallCommand } from './command.ts'

// A command waits for about as long as the commands before it take: a few thousand in a second. Two whole batches of a
// workspace may wait.
const WAITING_MAX = 4_096
const WORKSPACE_WAITING_MAX = 2_048

/** Returns bounds that are reached once the share `part` of the queue waits. */
function takePart(part: number): Bounds {
  return { waitingMax: WAITING_MAX * part, groupWaitingMax: WORKSPACE_WAITING_MAX * part }
}

const STARTS = takePart(0.5)
const REPORTS = takePart(0.75)
const ENDS = takePart(1)

/**
 * Returns the bounds of the queue that count for a command. When there is too much to do, new calls are refused first,
 * then reports about live calls. Ends are refused last, because they are money.
 */
export function boundsOfCommand({ type }: CallCommand): Bounds {
  switch (type) {
    case 'start':
    case 'reap':
      return STARTS
    case 'answer':
    case 'heartbeat':
    case 'hang_up':
      return REPORTS
    case 'end':
      return ENDS
    default:
      return assertNever(type)
  }
}
