import { Agent, request } from 'node:http'
import { percentile } from '../stopwatch.ts'

/** The job of the listeners: each holds one stream open at a time, one after the other. */
export type ListenersJob = {
  readonly address: string
  readonly headers: Readonly<Record<string, string>>
  /** The number of listeners. */
  readonly streams: number
  readonly warmUpSeconds: number
  readonly seconds: number
  /** About how long a stream lasts. The first streams start spread evenly over this time. */
  readonly streamMs: number
}

/** Latencies in milliseconds, from the request to the first byte of the answer's body. */
export type ListenersResult = {
  readonly firstByteMs: { readonly p50: number; readonly p95: number; readonly p99: number }
  readonly streams: number
  readonly streamsPerSecond: number
}

// The process runs one job, which arrives as a message.
process.once('message', (job: ListenersJob) => {
  listen(job).then(
    (result) => process.send?.({ result }, () => process.exit()),
    (error: Error) => process.send?.({ error: error.message }, () => process.exit(1)),
  )
})

const body = JSON.stringify({
  model: 'agent',
  stream: true,
  messages: [
    { role: 'system', content: 'You are the receptionist of a dental practice. '.repeat(20) },
    { role: 'user', content: 'Good morning, I would like to make an appointment.' },
  ],
})

async function listen(job: ListenersJob): Promise<ListenersResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const startsMs = performance.now() + job.warmUpSeconds * 1000
  const endsMs = startsMs + job.seconds * 1000
  const latenciesMs: number[] = []

  async function runListener(index: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, (index / job.streams) * job.streamMs))
    for (let nowMs = performance.now(); nowMs < endsMs; nowMs = performance.now()) {
      const firstByteMs = await readStream(agent, job)
      if (nowMs >= startsMs) latenciesMs.push(firstByteMs)
    }
  }

  await Promise.all(Array.from({ length: job.streams }, (_, index) => runListener(index)))
  agent.destroy()
  return {
    firstByteMs: {
      p50: percentile(latenciesMs, 0.5),
      p95: percentile(latenciesMs, 0.95),
      p99: percentile(latenciesMs, 0.99),
    },
    streams: latenciesMs.length,
    streamsPerSecond: latenciesMs.length / job.seconds,
  }
}

/** Reads a stream to its end and resolves with the time to its first byte. Rejects if the stream is incomplete. */
function readStream(agent: Agent, { address, headers }: ListenersJob): Promise<number> {
  const sentMs = performance.now()
  return new Promise((resolve, reject) => {
    const outgoing = request(`${address}/chat/completions`, {
      agent,
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    })
    outgoing.on('error', reject)
    outgoing.on('response', (answer) => {
      let firstByteMs: number | undefined
      let end = ''
      answer.setEncoding('latin1')
      answer.on('data', (text: string) => {
        firstByteMs ??= performance.now() - sentMs
        end = text.slice(-20)
      })
      answer.on('error', reject)
      answer.on('end', () => {
        if (answer.statusCode === 200 && end.endsWith('[DONE]\n\n') && firstByteMs !== undefined)
          resolve(firstByteMs)
        else reject(new Error(`A stream answered ${answer.statusCode} and ended with ${JSON.stringify(end)}`))
      })
    })
    outgoing.end(body)
  })
}
