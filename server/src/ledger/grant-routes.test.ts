import { DAY_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import {
  closeInOrder,
  connectVoiceStack,
  credits,
  instant,
  milliseconds,
  type VoiceStack,
} from '../../test/voice-stack.ts'

let t: TestApp
let stack: VoiceStack

beforeAll(async () => {
  t = await testApp()
})
beforeEach(async () => {
  t.clock.set(testNowMs)
  stack = await connectVoiceStack(t)
})
afterAll(() => closeInOrder(t))

const zero = credits(0)

describe('a grant', () => {
  test.each([
    [{ credits: 2.5 }, credits(2.5)],
    [{ milliseconds: 1 }, milliseconds(1)],
    [{ credits: 0.01 }, milliseconds(600)],
    [{ credits: 1 / 3 }, milliseconds(20_000)],
    [{ credits: 12, kind: 'adjustment' }, credits(12)],
  ])('of %j is credit at once', async (fields, amount) => {
    const body = await stack.granted({ ...fields, reason: '  Sorry  ' })
    expect(body).toEqual({
      id: expect.stringMatching(/^grant_[0-9a-f]{32}$/),
      kind: 'kind' in fields ? fields.kind : 'promotional',
      amount,
      remaining: amount,
      grantedAt: '2026-11-22T10:00:00.000Z',
      expiresAt: null,
      reason: 'Sorry',
      transactionId: expect.stringMatching(/^txn_[0-9a-f]{32}$/),
    })
    expect((await stack.balance()).balance.milliseconds).toBe(1000 * MINUTE_MS + amount.milliseconds)
    const entries = await stack.transactions()
    expect(entries.at(-1)).toMatchObject({
      id: body.transactionId,
      kind: body.kind,
      amount,
      grantId: body.id,
      callId: null,
      purchaseId: null,
      reason: 'Sorry',
    })
    const { transactionId: _, ...listed } = body
    expect((await stack.ask('GET', '/v1/grants')).body.data).toContainEqual(listed)
  })

  test('below zero deducts as usage does, the soonest to expire first', async () => {
    await stack.granted({ credits: 10, expiresAt: instant(testNowMs + DAY_MS) })
    const body = await stack.granted({ credits: -15, kind: 'adjustment' })
    expect(body).toMatchObject({ id: null, amount: credits(-15), remaining: zero })
    expect(await stack.balance()).toMatchObject({
      balance: credits(995),
      monthly: { remaining: credits(995) },
      promotional: { remaining: zero },
    })
    await stack.granted({ credits: -1000, kind: 'adjustment' })
    expect(await stack.balance()).toMatchObject({ balance: credits(-5), overdraft: credits(5) })
  })

  test('that expires takes what is left of it, at its time', async () => {
    await stack.granted({ credits: 10, expiresAt: '2026-11-22T12:30:00.000+01:00' })
    await stack.talk(4 * MINUTE_MS)
    t.clock.set(Date.parse('2026-11-22T11:29:59.999Z'))
    expect((await stack.balance()).promotional).toEqual({ remaining: credits(6) })
    t.clock.advance(1)
    expect(await stack.balance()).toMatchObject({ balance: credits(1000), promotional: { remaining: zero } })
    expect(await stack.transactionAmounts()).toEqual([
      ['monthly_grant', 1000],
      ['promotional', 10],
      ['call', -4],
      ['expiry', -6],
    ])
    const [, , , expiry] = await stack.transactions()
    expect(expiry).toMatchObject({ at: '2026-11-22T11:30:00.000Z', balanceAfter: credits(1000) })
  })

  test('that expires during a call pays for what was talked before', async () => {
    await stack.granted({ credits: 10, expiresAt: instant(testNowMs + 3 * MINUTE_MS) })
    const id = await stack.answeredCall()
    t.clock.advance(5 * MINUTE_MS)
    expect((await stack.balance()).balance).toEqual(credits(1000 - 2))
    await stack.end(id)
    const receipt = await stack.receipt(id)
    expect(receipt.payments.map(({ kind, amount }) => [kind, amount.credits])).toEqual([
      ['promotional', 3],
      ['monthly', 2],
    ])
    expect(await stack.transactionAmounts()).toEqual([
      ['monthly_grant', 1000],
      ['promotional', 10],
      ['call', -3],
      ['expiry', -7],
      ['call', -2],
    ])
  })

  test('shows what is left once calls are charged', async () => {
    const remaining = async () => {
      const { body } = await stack.ask('GET', '/v1/grants')
      return body.data.map((one) => [one.kind, one.remaining])
    }
    t.clock.advance(1)
    await stack.granted({ credits: 10, expiresAt: instant(testNowMs + DAY_MS) })
    await stack.talk(4 * MINUTE_MS)
    expect(await remaining()).toEqual([
      ['promotional', credits(6)],
      ['monthly', credits(1000)],
    ])
    await stack.talk(8 * MINUTE_MS)
    expect(await remaining()).toEqual([
      ['promotional', zero],
      ['monthly', credits(998)],
    ])
  })

  test('is made once per Idempotency-Key, by two servers at once', async () => {
    const other = await t.addProcess()
    const path = `/v1/workspaces/${stack.workspaceId}/grants`
    const request = {
      key: t.operatorKey,
      body: { credits: 5, kind: 'promotional', reason: 'Once' },
      idempotencyKey: `once-${stack.workspaceId}`,
    }
    const answers = await Promise.all([t, other, t, other].map((one) => one.request('POST', path, request)))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect((await stack.balance()).balance).toEqual(credits(1005))
    const changed = await stack.grant({ credits: 6 }, { idempotencyKey: request.idempotencyKey })
    expect(changed.body).toMatchObject({ status: 409, code: 'idempotency_mismatch' })
    expect((await stack.balance()).balance).toEqual(credits(1005))
  })

  test('goes to the workspace in the path; 404 if a header names another', async () => {
    const other = await connectVoiceStack(t)
    const same = await stack.grant({ credits: 5 }, { workspace: stack.workspaceId })
    expect(same.status).toBe(201)
    const torn = await stack.grant({ credits: 5 }, { workspace: other.workspaceId })
    expect(torn.body).toMatchObject({ status: 404, code: 'workspace_not_found' })
    expect((await stack.balance()).balance).toEqual(credits(1005))
    expect((await other.balance()).balance).toEqual(credits(1000))
  })
})

describe('a grant that is refused', () => {
  const nobody = `ws_${'0'.repeat(32)}`
  const eitherOr = 'Give the amount either as "credits" or as "milliseconds".'
  const notZero = 'The amount must not be zero.'
  type Row = [what: string, status: number, code: string, fields: object, wrong?: [string, string | RegExp]]
  const bad = [400, 'invalid_request'] as const
  const rows: Row[] = [
    ['both amounts', ...bad, { credits: 1, milliseconds: 1 }, ['/credits', eitherOr]],
    ['no amount', ...bad, {}, ['/credits', eitherOr]],
    ['zero credits', ...bad, { credits: 0 }, ['/credits', notZero]],
    ['zero milliseconds', ...bad, { milliseconds: 0 }, ['/milliseconds', notZero]],
    ['less than a millisecond', ...bad, { credits: 0.000001 }, ['/credits', notZero]],
    ['half a millisecond', ...bad, { milliseconds: 0.5 }, ['/milliseconds', /must be a whole number/]],
    ['credits as text', ...bad, { credits: '5' }, ['/credits', '"credits" must be a number, not text.']],
    ['promotional credit below zero', ...bad, { credits: -1 }, ['/credits', /use kind "adjustment"/]],
    [
      'more than there can be',
      ...bad,
      { credits: 1_000_000_001 },
      ['/credits', /at most 1,000,000,000 credits/],
    ],
    [
      'as much time as fits no balance',
      ...bad,
      { milliseconds: Number.MAX_SAFE_INTEGER },
      ['/milliseconds', /at most 1,000,000,000 credits/],
    ],
    [
      'less than there can be',
      ...bad,
      { credits: -1_000_001_001, kind: 'adjustment' },
      ['/credits', /1,000,000,000 credits/],
    ],
    ['infinitely much', ...bad, { credits: 1e300 }, ['/credits', /./]],
    [
      'another kind',
      ...bad,
      { credits: 1, kind: 'monthly' },
      ['/kind', '"kind" must be one of "promotional" or "adjustment".'],
    ],
    [
      'no reason',
      ...bad,
      { credits: 1, reason: undefined },
      ['/reason', '"reason" is missing: it must be text.'],
    ],
    ['an empty reason', ...bad, { credits: 1, reason: '  ' }, ['/reason', '"reason" must not be empty.']],
    [
      'a reason of 501 characters',
      ...bad,
      { credits: 1, reason: 'x'.repeat(501) },
      ['/reason', '"reason" must have at most 500 characters.'],
    ],
    ['NUL in the reason', ...bad, { credits: 1, reason: 'a\u0000' }, ['/reason', /NUL/]],
    [
      'an expiry that is over',
      ...bad,
      { credits: 1, expiresAt: instant(testNowMs) },
      ['/expiresAt', '"expiresAt" must lie in the future.'],
    ],
    [
      'an expiry without an offset',
      ...bad,
      { credits: 1, expiresAt: '2027-01-01T00:00:00' },
      ['/expiresAt', /must be an instant, such as/],
    ],
    [
      'an expiry on no day',
      ...bad,
      { credits: 1, expiresAt: '2027-02-29T00:00:00Z' },
      ['/expiresAt', /must be an instant, such as/],
    ],
    [
      'an expiry after all that can be written',
      ...bad,
      { credits: 1, expiresAt: '9999-12-31T23:00:00-23:00' },
      ['/expiresAt', /./],
    ],
    [
      'a deduction that expires',
      ...bad,
      { credits: -1, kind: 'adjustment', expiresAt: instant(testNowMs + DAY_MS) },
      ['/expiresAt', /cannot expire/],
    ],
    ['an unknown field', ...bad, { credits: 1, note: 'x' }, ['/note', /There is no field "note" here/]],
  ]

  test.each(rows)('%s: %i %s', async (_what, status, code, fields, wrong) => {
    const answer = await stack.grant(fields)
    expect(answer.body).toMatchObject({ status, code })
    expect(answer.status).toBe(status)
    if (wrong) {
      const [pointer, detail] = wrong
      expect(answer.body.errors).toEqual([
        { pointer, detail: typeof detail === 'string' ? detail : expect.stringMatching(detail) },
      ])
    }
    expect(await stack.transactionAmounts()).toEqual([['monthly_grant', 1000]])
  })

  test('403 for a workspace’s own key, 404 for an unknown workspace', async () => {
    const own = await stack.grant({ credits: 1 }, { key: stack.key })
    expect(own.body).toMatchObject({ status: 403, code: 'forbidden' })
    for (const id of [nobody, 'ws_1', stack.agentId]) {
      const answer = await t.request('POST', `/v1/workspaces/${id}/grants`, {
        key: t.operatorKey,
        body: { credits: 1, kind: 'promotional', reason: 'x' },
      })
      expect(answer.body).toMatchObject({ status: 404, code: 'workspace_not_found' })
    }
    expect(await stack.transactionAmounts()).toEqual([['monthly_grant', 1000]])
  })

  test('when many large grants would exceed what a balance can hold', async () => {
    await stack.granted({ credits: 999_000_000 })
    const tooMuch = await stack.grant({ credits: 1_000_000 })
    expect(tooMuch.body).toMatchObject({ status: 400, errors: [{ pointer: '/credits' }] })
    await stack.granted({ credits: 999_000 })
    expect((await stack.balance()).balance).toEqual(credits(1_000_000_000))
    await stack.granted({ credits: -1_000_000_000, kind: 'adjustment' })
    expect((await stack.balance()).balance).toEqual(zero)
  })
})
