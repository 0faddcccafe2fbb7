import { Socket } from 'node:net'
import { ConnectionLost } from './database-fault.ts'

/**
 * The way to one PostgreSQL: every socket that leads there. A network that swallows everything closes no connection, so
 * what waits for an answer would wait forever. The pulse notices that and takes the link down.
 */
export type Link = {
  readonly isDown: boolean
  /** Creates the socket of a connection that is about to be opened. While the link is down, opening it fails at once. */
  createSocket(): Socket
  /** Breaks every connection. What waits for an answer fails; what is new gets another connection. */
  breakConnections(): void
  /** Breaks every connection, and fails everything new until `restore`. */
  takeDown(): void
  restore(): void
  /** What must answer for calls to be decided, beside the pool. */
  readonly answering: Set<Answering>
}

/** Asks the database something through a connection that is always open. Rejects if there is no answer. */
export type Answering = () => Promise<unknown>

export function createLink(): Link {
  const sockets = new Set<Socket>()
  let isDown = false

  function createLost(): ConnectionLost {
    return new ConnectionLost('The database does not answer')
  }

  function breakConnections(): void {
    for (const socket of sockets) socket.destroy(createLost())
  }

  return {
    answering: new Set(),
    get isDown() {
      return isDown
    },
    createSocket() {
      const socket = new Socket()
      const connect = socket.connect.bind(socket) as (...args: unknown[]) => Socket
      socket.connect = ((...args: unknown[]) => {
        if (isDown) {
          process.nextTick(() => socket.destroy(createLost()))
          return socket
        }
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
        return connect(...args)
      }) as typeof socket.connect
      return socket
    },
    breakConnections,
    takeDown() {
      isDown = true
      breakConnections()
    },
    restore() {
      isDown = false
    },
  }
}
