import type { ServerResponse } from 'node:http'
import type { LlmProvider } from '@talktime/core/llm/llm-provider'
import type { RequestError } from '../records/request-store.ts'
import { type Tokens, UNKNOWN_TOKENS } from '../records/tokens.ts'
import type { ProviderAnswer } from './ask-provider.ts'
import type { Deadlines } from './deadlines.ts'
import { createEventStream } from './event-stream.ts'
import { openAiError } from './openai-error.ts'
import { classifyBrokenStream } from './provider-errors.ts'

/** How a stream ended. */
export type RelayResult = {
  readonly error: RequestError | null
  readonly tokens: Tokens
  /** When the first byte was sent to the caller, by `performance.now()`; null: none was. */
  readonly firstByteAt: number | null
}

/**
 * Passes a stream on as it arrives, no faster than the caller reads it. A stream that breaks off ends with an error
 * event, so that callers do not take the part for the whole. Never rejects.
 *
 * It uses the stream's events because an async iterator takes 60 µs of processor time per chunk instead of 47 µs.
 *
 * @param raw the response to the caller, its head already sent
 */
export function relay(
  provider: LlmProvider,
  { body }: ProviderAnswer,
  raw: ServerResponse,
  deadlines: Deadlines,
  options: { readonly hidesTokens: boolean; readonly errorDetails: Record<string, unknown> },
): Promise<RelayResult> {
  const stream = createEventStream(options)
  let firstByteAt: number | null = null

  /** Returns whether the caller can take more right now. */
  function passOn(bytes: Buffer): boolean {
    if (bytes.length === 0) return true
    firstByteAt ??= performance.now()
    return raw.write(bytes)
  }

  return new Promise((resolve) => {
    const finish = (error: RequestError | null) =>
      resolve({ error, tokens: stream.tokens() ?? UNKNOWN_TOKENS, firstByteAt })
    // An aborted request ends its body with the reason as the error.
    body.on('error', (error) => {
      const failure = classifyBrokenStream(provider, error)
      if (failure.error !== 'caller_gone') {
        // The stream may have broken off inside an event. The empty line makes the error an event of its own.
        raw.end(`\n\ndata: ${JSON.stringify(openAiError(failure.problem, options.errorDetails))}\n\n`)
      }
      finish(failure.error)
    })
    body.on('end', () => {
      passOn(stream.end())
      raw.end()
      finish(stream.hasFailed() ? 'provider_failed' : null)
    })
    body.on('data', (chunk: Buffer) => {
      deadlines.extend()
      if (passOn(stream.push(chunk))) return
      body.pause()
      deadlines.pause()
      raw.once('drain', () => {
        deadlines.extend()
        body.resume()
      })
    })
  })
}
