import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The speed of the provider's model. */
export type Speech = {
  /** The time before the first word, in milliseconds. */
  readonly thinksMs: number
  readonly words: number
  /** The time between two words, in milliseconds. */
  readonly everyMs: number
}

// The process gets its speed as a message and answers with its port.
process.once('message', (speech: Speech) => {
  const server = createServer((request, answer) => {
    request.resume()
    request.on('end', () => setTimeout(speak, speech.thinksMs, answer, speech))
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', 2048, () => process.send?.({ port: (server.address() as AddressInfo).port }))
})
process.once('disconnect', () => process.exit())

const word =
  'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5-mini","choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}],"usage":null}\n\n'
const last =
  'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-5-mini","choices":[],"usage":{"prompt_tokens":200,"completion_tokens":40,"total_tokens":240}}\n\ndata: [DONE]\n\n'

function speak(answer: ServerResponse, { words, everyMs }: Speech): void {
  answer.writeHead(200, { 'content-type': 'text/event-stream' })
  let said = 0
  const timer = setInterval(say, everyMs)
  answer.on('close', () => clearInterval(timer))
  say()

  function say(): void {
    said += 1
    if (said <= words) answer.write(word)
    else answer.end(last)
  }
}
