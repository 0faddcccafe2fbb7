import type { ServerResponse } from 'node:http'
import type { LlmProvider } from '@talktime/core/llm-provider'
import type { ProviderAnswer } from './ask-provider.ts'
import { createEventStream } from './event-stream.ts'
import { breakOf } from './failure.ts'
import { openAiError } from './openai-error.ts'
import type { RequestError } from './request-store.ts'
import { type Tokens, unknownTokens } from './tokens.ts'
import type { Watch } from './watch.ts'

/** How a stream went. */
export type Relayed = {
  readonly error: RequestError | null
  readonly tokens: Tokens
  /** By `performance.now()`, when the first byte went on to the caller; null: none did. */
  readonly firstByteAt: number | null
}

/**
 * Passes a stream on as it comes, no faster than the caller reads it. One that breaks off ends with an error in the
 * stream, so that nobody takes the part that came for the whole. Never throws.
 *
 * @param raw its head was sent
 */
export async function relay(
  provider: LlmProvider,
  answer: ProviderAnswer,
  raw: ServerResponse,
  watch: Watch,
  options: { readonly hidesTokens: boolean; readonly about: Record<string, unknown> },
): Promise<Relayed> {
  const stream = createEventStream(options)
  let firstByteAt: number | null = null
  const told = (error: RequestError | null): Relayed => ({
    error,
    tokens: stream.tokens() ?? unknownTokens,
    firstByteAt,
  })

  async function passOn(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return
    firstByteAt ??= performance.now()
    if (raw.write(bytes)) return
    watch.paused()
    await drained(raw, watch.signal)
    watch.heard()
  }

  try {
    for await (const part of answer.body) {
      watch.heard()
      await passOn(stream.push(part as Buffer))
    }
    await passOn(stream.end())
    raw.end()
    return told(stream.failed() ? 'provider_failed' : null)
  } catch (error) {
    const failure = breakOf(provider, error)
    if (failure.error !== 'caller_gone') {
      // After a part of an event whose end did not come, the empty line lets the error be an event of its own.
      raw.end(`\n\ndata: ${JSON.stringify(openAiError(failure.problem, options.about))}\n\n`)
    }
    return told(failure.error)
  }
}

/** Waits until the caller has read; rejects when the request is given up. */
function drained(raw: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      raw.off('drain', onDrain)
      reject(signal.reason)
    }
    const onDrain = () => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }
    if (signal.aborted) return onAbort()
    raw.once('drain', onDrain)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
