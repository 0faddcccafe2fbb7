import type { ServerResponse } from 'node:http'
import type { Timeouts } from '../deps.ts'

/** Why the gateway aborted a request: the caller left, or a timeout passed. */
export type AbortReason = 'caller_gone' | 'first_byte' | 'idle' | 'total'

export class Aborted extends Error {
  override name = 'Aborted'
  readonly reason: AbortReason

  constructor(reason: AbortReason) {
    super(`The request was aborted: ${reason}`)
    this.reason = reason
  }
}

/** Aborts a request to a provider when its caller leaves or a timeout passes. */
export type Deadlines = {
  /** Aborted with {@link Aborted} as its reason. */
  readonly signal: AbortSignal
  /** Starts waiting for the first byte of the provider's answer. */
  startWaiting(isStream: boolean): void
  /** Starts waiting for the next chunk. Call it when a chunk arrives. */
  extend(): void
  /** Stops waiting for the next chunk while the caller is the one who has to read. */
  pause(): void
  /** Clears all timers. */
  stop(): void
}

/** Starts the total timeout of a request and watches its caller's connection. */
export function startDeadlines(raw: ServerResponse, timeouts: Timeouts): Deadlines {
  const controller = new AbortController()
  const abort = (reason: AbortReason) => controller.abort(new Aborted(reason))
  const onClose = () => {
    if (!raw.writableFinished) abort('caller_gone')
  }
  raw.on('close', onClose)
  if (raw.destroyed) onClose()
  const total = setTimeout(abort, timeouts.totalMs, 'total')
  let firstByte: NodeJS.Timeout | undefined
  let idle: NodeJS.Timeout | undefined
  return {
    signal: controller.signal,
    startWaiting(isStream) {
      clearTimeout(firstByte)
      firstByte = setTimeout(abort, isStream ? timeouts.firstByteMs : timeouts.wholeMs, 'first_byte')
    },
    extend() {
      clearTimeout(firstByte)
      // Every chunk moves this timer. Refreshing one timer is cheaper than setting a new one.
      if (idle === undefined) idle = setTimeout(abort, timeouts.idleMs, 'idle')
      else idle.refresh()
    },
    pause() {
      clearTimeout(idle)
      idle = undefined
    },
    stop() {
      raw.off('close', onClose)
      for (const timer of [total, firstByte, idle]) clearTimeout(timer)
    },
  }
}
