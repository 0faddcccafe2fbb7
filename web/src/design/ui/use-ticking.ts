import { useSyncExternalStore } from 'react'
import { serverNow } from '../../api/server-clock.ts'

const listeners = new Set<() => void>()
let frameMs = serverNow()
let stop: (() => void) | undefined

const calm = typeof matchMedia === 'undefined' ? null : matchMedia('(prefers-reduced-motion: reduce)')

function step(): void {
  frameMs = serverNow()
  for (const listener of listeners) listener()
}

function start(): () => void {
  step()
  // Whoever asked for little motion gets a change a second instead of one a frame.
  if (calm?.matches) {
    const interval = setInterval(step, 1_000)
    return () => clearInterval(interval)
  }
  let frame = requestAnimationFrame(function next() {
    step()
    frame = requestAnimationFrame(next)
  })
  return () => cancelAnimationFrame(frame)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  stop ??= start()
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    stop?.()
    stop = undefined
  }
}

const still = () => () => {}

/**
 * A text that depends on the server's present time. While `running` it is looked at every frame and drawn again
 * only when it changed; otherwise it is drawn once.
 */
export function useTicking<Text extends string>(textAt: (nowMs: number) => Text, running: boolean): Text {
  return useSyncExternalStore(running ? subscribe : still, () =>
    textAt(running && stop ? frameMs : serverNow()),
  )
}
