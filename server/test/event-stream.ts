import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import { until } from './start-server.ts'

/** An event as it came over the wire. */
export type ServerEvent = {
  readonly id: string | undefined
  readonly event: string
  readonly data: { readonly [field: string]: unknown }
}

/** One end of an HTTP connection that receives server-sent events. */
export type EventStream = {
  readonly answer: IncomingMessage
  /** All that has come so far, without pings. */
  readonly events: readonly ServerEvent[]
  /** All that has come so far, as text. */
  text(): string
  /** Waits for the first event, after those that were waited for before, that `wanted` holds for. */
  next(wanted?: (event: ServerEvent) => boolean): Promise<ServerEvent>
  /** Settles when the stream is over, however it ended. */
  readonly over: Promise<void>
  close(): void
}

/** Opens a stream and waits for its first byte. Rejects where the answer is no stream. */
export async function openEvents(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
  const { request, answer } = await send(url, headers)
  if (answer.statusCode !== 200) throw new Error(`The stream was answered with ${answer.statusCode}`)
  const events: ServerEvent[] = []
  let text = ''
  let rest = ''
  let seen = 0
  answer.setEncoding('utf8')
  answer.on('data', (chunk: string) => {
    text += chunk
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const event of blocks.flatMap(eventOf)) if (event.event !== 'ping') events.push(event)
  })
  const over = new Promise<void>((resolve) => answer.on('close', resolve).on('error', () => {}))
  return {
    answer,
    events,
    text: () => text,
    next: (wanted = () => true) =>
      until(() => {
        for (; seen < events.length; seen++) {
          const event = events[seen]
          if (event === undefined || !wanted(event)) continue
          seen++
          return event
        }
        return undefined
      }),
    over,
    close: () => request.destroy(),
  }
}

/** Sends the request alone and hands over its answer, unread. */
export function send(
  url: string,
  headers: Record<string, string>,
): Promise<{ request: ClientRequest; answer: IncomingMessage }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent: false })
    request.on('response', (answer) => resolve({ request, answer }))
    request.on('error', reject)
  })
}

function eventOf(block: string): ServerEvent[] {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  )
  const event = fields.get('event')
  if (event === undefined) return []
  return [
    { id: fields.get('id'), event, data: JSON.parse(fields.get('data') ?? '{}') as ServerEvent['data'] },
  ]
}
