import { APIError, type OpenAI } from 'openai'
import { expect } from 'vitest'

export const chatMessages = [{ role: 'user' as const, content: 'Good morning' }]

/** A request for the agent's own model. */
export const chatRequest = { model: 'agent', messages: chatMessages }

/** Expects a request of OpenAI's client to fail and returns its error. */
export async function expectApiError(work: Promise<unknown>): Promise<APIError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(APIError)
  return error as APIError
}

/** Reads a stream to its end. Returns the text that arrived and the error with which the stream ended. */
export async function readStream(client: OpenAI): Promise<{ text: string; error: APIError | undefined }> {
  let text = ''
  try {
    for await (const chunk of await client.chat.completions.create({ ...chatRequest, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? ''
    }
    return { text, error: undefined }
  } catch (error) {
    return { text, error: error as APIError }
  }
}
