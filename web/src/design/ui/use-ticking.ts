import { useSyncExternalStore } from 'react'
import { serverNow } from '../../api/server-clock.ts'

const listeners = new Set<() => void>()
let frameMs = serverNow()
let stop: (() => void) | undefined

const reducedMotion =
  typeof matchMedia === 'undefined' ? null : matchMedia('(prefers-reduced-motion: reduce)')

function step(): void {
  frameMs = serverNow()
  for (const listener of listeners) listener()
}

function start(): () => void {
  step()
  // With reduced motion, numbers change once a second instead of every frame.
  if (reducedMotion?.matches) {
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

const subscribeToNothing = () => () => {}

/**
 * A text that depends on the server's time. While `running`, it is computed every frame and re-renders only when it
 * changes.
 */
export function useTicking<Text extends string>(textAt: (nowMs: number) => Text, running: boolean): Text {
  return useSyncExternalStore(running ? subscribe : subscribeToNothing, () =>
    textAt(running && stop ? frameMs : serverNow()),
  )
}
