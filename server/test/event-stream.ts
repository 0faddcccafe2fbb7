import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import { until } from './start-server.ts'

/** A server-sent event as received. */
export type ServerEvent = {
  readonly id: string | undefined
  readonly event: string
  readonly data: { readonly [field: string]: unknown }
}

/** A client's open stream of server-sent events. */
export type EventStream = {
  readonly answer: IncomingMessage
  /** Every event received so far, except pings. */
  readonly events: readonly ServerEvent[]
  /** Everything received so far, as text. */
  text(): string
  /** Waits for the next event for which `wanted` holds. Each event is looked at once. */
  next(wanted?: (event: ServerEvent) => boolean): Promise<ServerEvent>
  /** Resolves when the stream ends, for whatever reason. */
  readonly over: Promise<void>
  close(): void
}

/** Opens a stream and waits for its headers. Rejects if the status is not 200. */
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
    for (const event of blocks.flatMap(parseEvent)) if (event.event !== 'ping') events.push(event)
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

/** Sends a GET request on a new connection. Returns the response with its body unread. */
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

function parseEvent(block: string): ServerEvent[] {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  )
  const event = fields.get('event')
  if (event === undefined) return []
  return [
    { id: fields.get('id'), event, data: JSON.parse(fields.get('data') ?? '{}') as ServerEvent['data'] },
  ]
}
