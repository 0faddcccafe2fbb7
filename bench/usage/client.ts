import { Agent, type IncomingMessage, request } from 'node:http'

/** Sends requests to a server over one connection, one after the other, as a person at a page does. */
export type Client = {
  /** Reads a response. `ms` is the time until its last byte, in milliseconds. */
  get(path: string): Promise<{ text: string; ms: number }>
  /** Starts a response, whose body the caller reads. */
  open(path: string): Promise<IncomingMessage>
  close(): void
}

export function createClient(port: number, key: string): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const headers = { authorization: `Bearer ${key}` }

  async function open(path: string): Promise<IncomingMessage> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ port, path, headers, agent }, resolve).on('error', reject).end()
    })
    if (answer.statusCode === 200) return answer
    throw new Error(`${path} answered ${answer.statusCode}: ${await readText(answer)}`)
  }

  return {
    open,
    async get(path) {
      const startedMs = performance.now()
      const text = await readText(await open(path))
      return { text, ms: performance.now() - startedMs }
    },
    close: () => agent.destroy(),
  }
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
