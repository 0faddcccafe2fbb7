import { connect, type Socket } from 'node:net'

/** Many connections that do something slowly, and what the server did with them. */
export type SlowSockets = {
  /** How many the server has ended. */
  readonly ended: () => number
  /** The status of each answer that arrived, with how often. */
  readonly answers: () => Readonly<Record<string, number>>
  /** How long the server let the first and the last of those that it has ended, in milliseconds. */
  readonly heldMsMax: () => number
  close(): void
}

export type SlowSocketsOptions = {
  readonly port: number
  readonly count: number
  /** What each sends at once. */
  readonly opening: string
  /** What each sends every second. */
  readonly drip?: string
  /** Whether it never takes what the server sends. */
  readonly readsNothing?: boolean
}

export function openSlowSockets({
  port,
  count,
  opening,
  drip,
  readsNothing,
}: SlowSocketsOptions): SlowSockets {
  const open = new Set<Socket>()
  const answers: Record<string, number> = {}
  let ended = 0
  let heldMsMax = 0
  let isOver = false
  for (let index = 0; index < count; index += 1) {
    const socket = connect(port, '127.0.0.1')
    const openedMs = performance.now()
    open.add(socket)
    socket.on('error', () => {})
    socket.write(opening)
    if (readsNothing) socket.pause()
    else socket.once('data', (chunk) => countAnswer(chunk.toString().slice(9, 12)))
    socket.on('close', () => {
      open.delete(socket)
      if (isOver) return
      ended += 1
      heldMsMax = Math.max(heldMsMax, performance.now() - openedMs)
    })
  }
  const timer = setInterval(() => {
    if (drip !== undefined) for (const socket of open) socket.write(drip)
  }, 1_000)
  function countAnswer(status: string): void {
    answers[status] = (answers[status] ?? 0) + 1
  }
  return {
    ended: () => ended,
    answers: () => answers,
    heldMsMax: () => heldMsMax,
    close() {
      isOver = true
      clearInterval(timer)
      for (const socket of open) socket.destroy()
    },
  }
}
