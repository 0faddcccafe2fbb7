import { Agent, get, type IncomingMessage } from 'node:http'

/** Asks a server over one connection, one request after the other, as somebody who looks at a page does. */
export type Asker = {
  /** The answer's text, and how long it took until its last byte was here, in milliseconds. */
  ask(path: string): Promise<{ text: string; ms: number }>
  /** An answer that is still to be read. */
  open(path: string): Promise<IncomingMessage>
  close(): void
}

export function createAsker(port: number, key: string): Asker {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const headers = { authorization: `Bearer ${key}` }

  async function open(path: string): Promise<IncomingMessage> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ port, path, headers, agent }, resolve).on('error', reject)
    })
    if (answer.statusCode === 200) return answer
    throw new Error(`${path} answered ${answer.statusCode}: ${await textOf(answer)}`)
  }

  return {
    open,
    async ask(path) {
      const startedMs = performance.now()
      const text = await textOf(await open(path))
      return { text, ms: performance.now() - startedMs }
    },
    close: () => agent.destroy(),
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
