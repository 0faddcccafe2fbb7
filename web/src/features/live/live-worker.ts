/// <reference lib="webworker" />
import type { LiveMessage } from './message.ts'
import { openStream } from './stream.ts'

/**
 * Keeps the stream of one workspace for all tabs of a browser; the worker's name is the stream's address. Every tab is
 * a port, and the stream closes with the last one. A new tab gets the stream's state and the latest balance line.
 */
declare const self: SharedWorkerGlobalScope

const ports = new Set<MessagePort>()
let close: (() => void) | undefined
let lastState: LiveMessage | undefined
let lastLine: LiveMessage | undefined

function broadcast(message: LiveMessage): void {
  if (message.kind === 'open' || message.kind === 'broken') lastState = message
  if (message.kind === 'balance') lastLine = message
  for (const port of ports) port.postMessage(message)
}

function leave(port: MessagePort): void {
  ports.delete(port)
  port.close()
  if (ports.size > 0) return
  close?.()
  close = undefined
  lastState = undefined
  lastLine = undefined
}

self.addEventListener('connect', (event) => {
  const port = event.ports[0]
  if (!port) return
  ports.add(port)
  port.addEventListener('message', () => leave(port))
  port.start()
  if (lastState) port.postMessage(lastState)
  if (lastLine) port.postMessage(lastLine)
  close ??= openStream(self.name, broadcast)
})
