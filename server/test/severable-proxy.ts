import { connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP proxy that can lose every connection, and refuse new ones, until it is restored. */
export type SeverableProxy = { readonly port: number; sever(): void; restore(): Promise<void> }

/** @param targetPort a port of this machine */
export async function openSeverableProxy(targetPort: number): Promise<SeverableProxy> {
  const sockets = new Set<Socket>()
  let server: Server
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server = createServer((near) => {
        const far = connect(targetPort, '127.0.0.1')
        for (const socket of [near, far]) {
          sockets.add(socket)
          socket.on('error', () => {})
          socket.on('close', () => sockets.delete(socket))
        }
        near.pipe(far)
        far.pipe(near)
        near.on('close', () => far.destroy())
        far.on('close', () => near.destroy())
      })
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        const address = server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
  const port = await listen(0)
  return {
    port,
    sever() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
    async restore() {
      await listen(port)
    },
  }
}
