import type { ServerResponse } from 'node:http'
import type { Timeouts } from '../deps.ts'

/** Why a request was given up. */
export type AbortReason = 'caller_gone' | 'first_byte' | 'idle' | 'total'

export class Aborted extends Error {
  override name = 'Aborted'
  readonly because: AbortReason

  constructor(because: AbortReason) {
    super(`Given up: ${because}`)
    this.because = because
  }
}

/** Gives a request up when its caller has gone or its provider takes too long. */
export type Watch = {
  /** Aborted with a {@link GaveUp}. */
  readonly signal: AbortSignal
  /** The provider was asked: its first byte is waited for. */
  asked(streamed: boolean): void
  /** Something came: the next part is waited for. */
  heard(): void
  /** Nothing is waited for at the moment: it is the caller who has to read first. */
  paused(): void
  stop(): void
}

export function watchOver(raw: ServerResponse, patience: Timeouts): Watch {
  const controller = new AbortController()
  const giveUp = (because: AbortReason) => controller.abort(new Aborted(because))
  const onClose = () => {
    if (!raw.writableFinished) giveUp('caller_gone')
  }
  raw.on('close', onClose)
  if (raw.destroyed) onClose()
  const total = setTimeout(giveUp, patience.totalMs, 'total')
  let next: NodeJS.Timeout | undefined
  let idle: NodeJS.Timeout | undefined
  return {
    signal: controller.signal,
    asked(streamed) {
      clearTimeout(next)
      next = setTimeout(giveUp, streamed ? patience.firstByteMs : patience.wholeMs, 'first_byte')
    },
    heard() {
      clearTimeout(next)
      // Set anew for each part, so it is one timer that is moved.
      if (idle === undefined) idle = setTimeout(giveUp, patience.idleMs, 'idle')
      else idle.refresh()
    },
    paused() {
      clearTimeout(idle)
      idle = undefined
    },
    stop() {
      raw.off('close', onClose)
      for (const timer of [total, next, idle]) clearTimeout(timer)
    },
  }
}
