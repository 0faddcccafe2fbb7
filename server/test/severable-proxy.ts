import { connect, createServer, type Server, type Socket } from 'node:net'

export type Cable = { readonly port: number; cut(): void; mend(): Promise<void> }

/** A way to the port that can be cut and mended. */
export async function layCable(to: number): Promise<Cable> {
  const ends = new Set<Socket>()
  let way: Server
  const lay = (port: number) =>
    new Promise<number>((resolve, reject) => {
      way = createServer((near) => {
        const far = connect(to, '127.0.0.1')
        for (const end of [near, far]) {
          ends.add(end)
          end.on('error', () => {})
          end.on('close', () => ends.delete(end))
        }
        near.pipe(far)
        far.pipe(near)
        near.on('close', () => far.destroy())
        far.on('close', () => near.destroy())
      })
      way.once('error', reject)
      way.listen(port, '127.0.0.1', () => {
        const address = way.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
  const port = await lay(0)
  return {
    port,
    cut() {
      way.close()
      for (const end of ends) end.destroy()
    },
    async mend() {
      await lay(port)
    },
  }
}
