import { connect, createServer, type Server, type Socket } from 'node:net'

/**
 * A TCP proxy that can lose every connection and refuse new ones, or swallow everything while connections stay open,
 * until it is restored.
 */
export type SeverableProxy = {
  readonly port: number
  /** Closes every connection and refuses new ones. */
  sever(): void
  /**
   * Becomes a black hole. No byte gets through in either direction, and neither side learns that the other one closed a
   * connection: what was open stays lost for good. New connections are accepted, and nothing answers on them.
   */
  swallow(): void
  /** Lets new connections through. */
  restore(): Promise<void>
  /** Closes everything for good. */
  close(): void
}

/** @param targetPort a port of this machine */
export async function openSeverableProxy(targetPort: number): Promise<SeverableProxy> {
  const sockets = new Set<Socket>()
  /** What each connection asks before it passes anything on. Connections that were swallowed never pass on anything. */
  let way = { isOpen: true }
  let server: Server | undefined

  function track(socket: Socket): void {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }

  function accept(near: Socket): void {
    const mine = way
    track(near)
    if (!mine.isOpen) {
      near.resume()
      return
    }
    const far = connect(targetPort, '127.0.0.1')
    track(far)
    passOn(near, far, mine)
    passOn(far, near, mine)
  }

  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      const next = createServer({ allowHalfOpen: true }, accept)
      next.once('error', reject)
      next.listen(port, '127.0.0.1', () => {
        const address = next.address()
        server = next
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })

  function sever(): void {
    server?.close()
    server = undefined
    for (const socket of sockets) socket.destroy()
  }

  const port = await listen(0)
  return {
    port,
    sever,
    swallow() {
      way.isOpen = false
    },
    async restore() {
      way = { isOpen: true }
      if (server === undefined) await listen(port)
    },
    close: sever,
  }
}

/** Passes on what a socket receives, and that it was closed, for as long as the way is open. */
function passOn(from: Socket, to: Socket, way: { readonly isOpen: boolean }): void {
  from.on('data', (bytes: Buffer) => {
    if (!way.isOpen || to.write(bytes)) return
    from.pause()
    to.once('drain', () => from.resume())
  })
  from.on('end', () => way.isOpen && to.end())
  from.on('close', () => way.isOpen && to.destroy())
}
