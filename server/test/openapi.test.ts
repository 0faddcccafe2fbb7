import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CallResponse, ReceiptResponse } from '../src/calls/response-schemas.ts'
import { type TestApp, testApp } from './app.ts'
import { closeInOrder, connectVoiceStack } from './voice-stack.ts'

let t: TestApp
let document: { readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> }

beforeAll(async () => {
  t = await testApp()
  document = (await t.request<typeof document>('GET', '/openapi.json')).body
})
afterAll(() => closeInOrder(t))

test('/openapi.json is a valid OpenAPI 3.1 document', async () => {
  const validator = new Validator()
  expect(await validator.validate({ ...document })).toEqual({ valid: true })
  expect(validator.version).toBe('3.1')
})

test('the validator rejects a broken document', async () => {
  const broken = { ...document, paths: { '/v1/calls': { post: { parameters: 'none' } } } }
  expect((await new Validator().validate(broken)).valid).toBe(false)
})

test('/openapi.json describes every route under /v1 and no other', () => {
  const described = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(described.filter((route) => route.includes(' /v1/')).sort()).toEqual(listRoutes(t.app).sort())
})

/** Lists the server's routes from Fastify's printed tree, in which each line is a part of a path with its methods. */
function listRoutes({ server }: TestApp['app']): string[] {
  const above: string[] = []
  return server
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] = /^([│ ]*)[├└]── (\S+)(?: \((.*)\))?$/.exec(line) ?? []
      const path = (above[indent.length / 4 - 1] ?? '') + part
      above[indent.length / 4] = path
      const described = path.replaceAll(/:(\w+)/g, '{$1}')
      return methods.split(', ').map((method) => `${method} ${described}`)
    })
    .filter((route) => route.includes(' /v1/') && !route.startsWith('HEAD '))
}

test('responses about calls match the document, without missing or extra fields', async () => {
  const stack = await connectVoiceStack(t, { planId: 'free' })
  const started = await stack.start({ externalId: 'A', from: '+15550100' })
  const answers = [started, await stack.answer(started.body.id), await stack.end(started.body.id)]
  const ringing = await stack.start()
  const { lines } = await stack.batch([{ type: 'answer', callId: ringing.body.id }])
  await stack.talk(90_000)
  await stack.granted({ credits: -40, kind: 'adjustment' })
  const refused = await stack.start()
  expect(refused.body.status).toBe('refused')
  const shown = [...answers, ringing, refused].map(({ body }) => body)
  for (const call of [...shown, ...lines.map(({ call }) => call)]) {
    expect(CallResponse.strict().parse(call)).toEqual(call)
  }
  const { body } = await stack.ask('GET', '/v1/calls')
  for (const { id } of body.data) {
    const receipt = await stack.receipt(id)
    expect(ReceiptResponse.strict().parse(receipt)).toEqual(receipt)
  }
})
