import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chatRequest, expectApiError, readStream } from '../../../test/llm-failures.ts'
import { chunksFor, eventOf, streamHeaders } from '../../../test/llm-provider.ts'
import { type LlmWorld, openLlmWorld } from '../../../test/llm-world.ts'

let world: LlmWorld
beforeAll(async () => {
  world = await openLlmWorld({
    llmTimeouts: { firstByteMs: 300, wholeMs: 1_000, idleMs: 300, totalMs: 1_500 },
    withoutPlatformKey: ['groq', 'openai_compatible'],
    models: ['gpt-*', 'claude-haiku-4-5', 'gemini-3-pro'],
  })
})
afterAll(() => world.close())
beforeEach(() => world.provider.reset())

describe('a caller that leaves', () => {
  test('in the middle of a stream ends the provider’s request', async () => {
    const agent = await world.agent()
    world.provider.behave((request, answer) => {
      answer.writeHead(200, streamHeaders).write(chunksFor(request)[0])
    })
    const stream = await world.client(agent).chat.completions.create({ ...chatRequest, stream: true })
    for await (const chunk of stream) {
      expect(chunk.choices[0]?.delta.content).toBe('Good')
      break
    }
    await world.provider.requests[0]?.left
    expect(await world.recorded(agent)).toMatchObject([{ status: 200, error: 'caller_gone', streamed: true }])
    const { body } = await world.t.request('GET', '/v1/llm-usage', { key: agent.key })
    expect(body).toMatchObject({ total: { requests: 1, errors: 0 } })
  })

  test.each([true, false])(
    'before the answer began ends the provider’s request (streaming: %s)',
    async (stream) => {
      const agent = await world.agent()
      const leave = new AbortController()
      world.provider.behave(() => leave.abort())
      const asked = world
        .client(agent)
        .chat.completions.create({ ...chatRequest, stream }, { signal: leave.signal })
      await expect(asked).rejects.toThrow('aborted')
      await world.provider.requests[0]?.left
      expect(await world.recorded(agent)).toMatchObject([{ status: null, error: 'caller_gone' }])
    },
  )

  test('or does not read makes the provider wait, so that nothing piles up in memory', async () => {
    const agent = await world.agent()
    const part = eventOf({ choices: [{ delta: { content: 'x'.repeat(64 * 1024) } }] })
    let written = 0
    world.provider.behave((_request, answer) => {
      answer.writeHead(200, streamHeaders)
      const write = () => {
        do written += part.length
        while (answer.write(part) && written < 100_000_000)
      }
      answer.on('drain', write)
      write()
    })
    const leave = new AbortController()
    const answer = await fetch(`${world.address}/llm/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${agent.key}`,
        'talktime-call': agent.callId,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ ...chatRequest, stream: true }),
      signal: leave.signal,
    })
    expect(answer.status).toBe(200)
    await pause(400)
    const writtenBefore = written
    await pause(400)
    expect(written).toBe(writtenBefore)
    expect(written).toBeLessThan(30_000_000)
    leave.abort()
    expect(await world.recorded(agent)).toMatchObject([{ error: 'caller_gone' }])
  })
})

describe('a provider', () => {
  test.each([true, false])(
    'that does not begin in time is answered with 504 (streaming: %s)',
    async (stream) => {
      const agent = await world.agent()
      world.provider.behave(() => {})
      const late = await expectApiError(
        world.client(agent).chat.completions.create({ ...chatRequest, stream }),
      )
      expect([late.status, late.code]).toEqual([504, 'llm_provider_timeout'])
      expect(late.message).toContain('OpenAI did not begin its answer in time.')
      await world.provider.requests[0]?.left
      expect(await world.recorded(agent)).toMatchObject([{ status: 504, error: 'timeout' }])
    },
  )

  test('that stops in the middle of a stream is aborted, and the stream ends with an error', async () => {
    const agent = await world.agent()
    world.provider.behave((request, answer) => {
      answer.writeHead(200, streamHeaders).write(chunksFor(request).slice(0, 2).join(''))
    })
    const { text, error } = await readStream(world.client(agent))
    expect(text).toBe('Good morning')
    expect(error?.message).toContain('OpenAI stopped in the middle of its answer.')
    expect(error?.code).toBe('llm_provider_timeout')
    await world.provider.requests[0]?.left
    expect(await world.recorded(agent)).toMatchObject([{ status: 200, error: 'timeout' }])
  })

  test('that never ends its stream is aborted', async () => {
    const agent = await world.agent()
    world.provider.behave(async (request, answer) => {
      answer.writeHead(200, streamHeaders)
      while (!answer.destroyed) {
        answer.write(chunksFor(request)[1])
        await pause(20)
      }
    })
    const { error } = await readStream(world.client(agent))
    expect(error?.message).toContain('OpenAI did not finish its answer in time.')
  })

  test('that breaks off a stream: what arrived is passed on, followed by an error', async () => {
    const agent = await world.agent()
    world.provider.behave((request, answer) => {
      const chunks = chunksFor(request)
      answer.writeHead(200, streamHeaders).write(`${chunks[0]}${chunks[1]?.slice(0, 40)}`)
      setTimeout(() => answer.destroy(), 20)
    })
    const { text, error } = await readStream(world.client(agent))
    expect(text).toBe('Good')
    expect(error?.message).toContain('OpenAI broke off its answer.')
    expect(await world.recorded(agent)).toMatchObject([{ status: 200, error: 'cut_off' }])
  })

  test('that breaks off an answer that is not streamed: 502', async () => {
    const agent = await world.agent()
    world.provider.behave((_request, answer) => {
      answer
        .writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
        .write('{"choices":[')
      setTimeout(() => answer.destroy(), 20)
    })
    const broken = await expectApiError(world.client(agent).chat.completions.create(chatRequest))
    expect([broken.status, broken.code]).toEqual([502, 'llm_provider_unreachable'])
  })

  test('that reports an error inside its stream: the error is passed on and recorded', async () => {
    const agent = await world.agent()
    world.provider.behave((request, answer) => {
      const error = { message: 'Overloaded', type: 'server_error', code: 'overloaded' }
      answer.writeHead(200, streamHeaders).end(`${chunksFor(request)[0]}${eventOf({ error })}`)
    })
    const { text, error } = await readStream(world.client(agent))
    expect([text, error?.message]).toEqual(['Good', 'Overloaded'])
    expect(await world.recorded(agent)).toMatchObject([{ status: 200, error: 'provider_failed' }])
  })

  test('that cannot be reached: 502', async () => {
    const agent = await world.agent()
    await world.ownKey(agent, {
      provider: 'openai_compatible',
      key: 'own-key-1',
      baseUrl: `http://${world.provider.host}/x`,
    })
    await world.t.database.query(
      `update agents set llm_provider = 'openai_compatible' where workspace_id = $1`,
      [agent.workspace.uuid],
    )
    world.provider.behave((_request, answer) => void answer.destroy())
    const away = await expectApiError(world.client(agent).chat.completions.create(chatRequest))
    expect([away.status, away.code]).toEqual([502, 'llm_provider_unreachable'])
    expect(await world.recorded(agent)).toMatchObject([{ status: 502, error: 'unreachable' }])
  })

  test('that answers with a page or a redirect: 502, and nothing of it is passed on', async () => {
    const agent = await world.agent()
    world.provider.behave((_request, answer) => {
      answer.writeHead(200, { 'content-type': 'text/html' }).end('<script>alert(1)</script>')
    })
    const page = await expectApiError(world.client(agent).chat.completions.create(chatRequest))
    expect([page.status, page.code]).toEqual([502, 'llm_provider_failed'])
    expect(JSON.stringify(page.error)).not.toContain('script')
    world.provider.reset()
    world.provider.behave((_request, answer) => {
      answer.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data' }).end()
    })
    const elsewhere = await expectApiError(world.client(agent).chat.completions.create(chatRequest))
    expect([elsewhere.status, elsewhere.code]).toEqual([502, 'llm_provider_failed'])
    expect(elsewhere.message).toContain('a redirect (307), which is not followed')
    expect(world.provider.requests.length).toBe(1)
  })
})
