import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import { closeInOrder, connectVoiceStack, credits } from '../../test/voice-stack.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => closeInOrder(t))

const usd = (minor: number) => ({ minor, currency: 'USD' })

describe('the catalog', () => {
  test('of plans is public and lists five, cheapest first', async () => {
    const { status, body } = await t.request('GET', '/v1/plans')
    expect(status).toBe(200)
    expect(body.nextCursor).toBeNull()
    expect(
      body.data.map(({ id, name, price, monthlyCredits, paid }) => [id, name, price, monthlyCredits, paid]),
    ).toEqual([
      ['free', 'Free', usd(0), credits(30), false],
      ['starter', 'Starter', usd(2900), credits(250), true],
      ['growth', 'Growth', usd(9900), credits(1000), true],
      ['scale', 'Scale', usd(39_900), credits(5000), true],
      ['enterprise', 'Enterprise', null, credits(10_000), true],
    ])
    for (const { limits, features } of body.data) {
      expect(limits).toMatchObject({ callDurationSecondsMax: expect.any(Number) })
      expect(features).toMatchObject({ languages: true, webCalls: true, ownLlmKeys: expect.any(Boolean) })
    }
    const withOwnKeys = body.data.filter(({ features }) => (features as { ownLlmKeys: boolean }).ownLlmKeys)
    expect(withOwnKeys.map(({ id }) => id)).toEqual(['enterprise'])
  })

  test('of packages is public', async () => {
    const { status, body } = await t.request('GET', '/v1/packages')
    expect(status).toBe(200)
    expect(body).toEqual({
      data: [
        { id: 'credits_100', credits: credits(100), price: usd(1200) },
        { id: 'credits_500', credits: credits(500), price: usd(5500) },
        { id: 'credits_1000', credits: credits(1000), price: usd(10_000) },
        { id: 'credits_5000', credits: credits(5000), price: usd(45_000) },
      ],
      nextCursor: null,
    })
  })

  test.each([
    ['nothing', 404, 'plan_not_found'],
    ['Growth', 404, 'plan_not_found'],
    ['%00', 400, 'invalid_request'],
  ])('has no plan "%s": %i %s', async (id, status, code) => {
    expect((await t.request('GET', `/v1/plans/${id}`)).body).toMatchObject({ status, code })
  })
})

describe('a plan that the operator changes', () => {
  const fields = {
    name: 'Trial',
    price: usd(500),
    monthlyCredits: 60,
    paid: true,
    features: { languages: true },
    limits: { concurrentCallsMax: 1, callDurationSecondsMax: 600, membersMax: null },
  }
  const save = (body: object, id = 'trial', key = t.operatorKey) =>
    t.request('PUT', `/v1/plans/${id}`, { key, body })

  test('applies to new workspaces at once, and to others from their next cycle on', async () => {
    t.clock.set(testNowMs)
    expect((await save(fields)).status).toBe(200)
    const before = await connectVoiceStack(t, { planId: 'trial' })
    await save({ ...fields, monthlyCredits: 90, limits: { ...fields.limits, concurrentCallsMax: 2 } })
    const after = await connectVoiceStack(t, { planId: 'trial' })
    const outcomes = async (stack: typeof before) => {
      const calls = [await stack.start(), await stack.start(), await stack.start()]
      for (const { body } of calls) await stack.end(body.id)
      const { monthly } = (await stack.balance()) as unknown as { monthly: { granted: unknown } }
      return [monthly.granted, ...calls.map(({ body }) => body.refusal?.reason ?? 'authorized')]
    }
    const newTerms = [credits(90), 'authorized', 'authorized', 'concurrency_limit']
    expect(await outcomes(before)).toEqual([credits(60), 'authorized', ...Array(2).fill('concurrency_limit')])
    expect(await outcomes(after)).toEqual(newTerms)
    t.clock.set(Date.parse('2026-12-22T10:00:00.000Z'))
    expect(await outcomes(before)).toEqual(newTerms)
  })

  test.each([
    ['a name with NUL', { ...fields, name: 'a\u0000b' }, '/name'],
    ['a feature with NUL', { ...fields, features: { 'a\u0000b': true } }, '/features/a\u0000b'],
    ['credits below zero', { ...fields, monthlyCredits: -1 }, '/monthlyCredits'],
    ['more credits than can be stored', { ...fields, monthlyCredits: 1e300 }, '/monthlyCredits'],
    ['an invalid currency', { ...fields, price: { minor: 1, currency: 'usd' } }, '/price/currency'],
    [
      'calls of no length',
      { ...fields, limits: { ...fields.limits, callDurationSecondsMax: 0 } },
      '/limits/callDurationSecondsMax',
    ],
    ['an unknown limit', { ...fields, limits: { ...fields.limits, agentsMax: 1 } }, '/limits/agentsMax'],
  ])('400: %s', async (_what, body, pointer) => {
    const answer = await save(body, 'broken')
    expect(answer.body).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ pointer }] })
    expect((await t.request('GET', '/v1/plans/broken')).status).toBe(404)
  })

  test.each([0, -1, 1e-9, 0.009])('400: a package of %d credits', async (credits) => {
    const body = { credits, price: usd(100) }
    const answer = await t.request('PUT', '/v1/packages/tiny', { key: t.operatorKey, body })
    const detail = '"credits" must be at least 0.01.'
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: '/credits', detail }] })
  })

  test('403 for a workspace’s key, 401 without a key', async () => {
    expect((await save(fields, 'trial', t.workspaceKey)).body).toMatchObject({
      status: 403,
      code: 'forbidden',
    })
    expect((await t.request('PUT', '/v1/plans/trial', { body: fields })).status).toBe(401)
  })
})
