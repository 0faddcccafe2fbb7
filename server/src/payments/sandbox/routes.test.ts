import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KeyedWorkspace, type TestApp, type TestBody, testApp } from '../../../test/app.ts'

let world: TestApp
beforeAll(async () => {
  world = await testApp()
})
afterAll(() => world.close())

/** Creates a purchase that waits for the bank's confirmation. `page` is the path of the bank's page. */
async function createWaiting(): Promise<{ workspace: KeyedWorkspace; purchase: TestBody; page: string }> {
  const workspace = await world.addWorkspace()
  const { key } = workspace
  await world.request('POST', '/v1/payment-methods', { key, body: { testCard: 'requires_action' } })
  const { body: purchase } = await world.request('POST', '/v1/purchases', {
    key,
    body: { packageId: 'credits_100', quantity: 2 },
  })
  return { workspace, purchase, page: new URL(String(purchase.actionUrl)).pathname }
}

/** Sends the form of the page. */
function press(page: string, button: 'confirm' | 'decline') {
  return world.request('POST', `${page}/${button}`, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: '',
  })
}

async function readPurchase(workspace: KeyedWorkspace, id: string): Promise<TestBody> {
  return (await world.request('GET', `/v1/purchases/${id}`, { key: workspace.key })).body
}

describe('the sandbox bank’s page', () => {
  test('shows the amount and the card, and runs no script', async () => {
    const { page } = await createWaiting()
    const { status, text, headers } = await world.request('GET', page)
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-security-policy']).toContain("script-src 'self'")
    expect(headers['cache-control']).toBe('no-store')
    expect(text).toContain('<h1>Confirm this payment</h1>')
    expect(text).toContain('<dd>$24.00</dd>')
    expect(text).toContain('<dd>2 × 100 credits</dd>')
    expect(text).toContain('<dd>•••• 3184</dd>')
    expect(text).not.toContain('<script')
  })

  test('Confirm pays, adds the credits and sends the customer back to billing', async () => {
    const { workspace, purchase, page } = await createWaiting()
    const { status, headers } = await press(page, 'confirm')
    expect(status).toBe(303)
    expect(headers.location).toBe(`/billing?purchase=${purchase.id}`)
    expect(await readPurchase(workspace, purchase.id)).toMatchObject({
      status: 'succeeded',
      actionUrl: null,
      balanceAfter: { credits: 1_200 },
    })
    expect((await world.request('GET', page)).text).toContain('<h1>The payment is confirmed</h1>')
  })

  test('Decline charges nothing', async () => {
    const { workspace, purchase, page } = await createWaiting()
    expect((await press(page, 'decline')).status).toBe(303)
    expect(await readPurchase(workspace, purchase.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'authentication_failed' },
    })
    expect((await world.request('GET', page)).text).toContain('<h1>The payment was declined</h1>')
  })

  test('a decision stays, whichever button is pressed afterwards', async () => {
    const { workspace, purchase, page } = await createWaiting()
    const presses = ['confirm', 'decline', 'confirm'] as const
    await press(page, 'confirm')
    await Promise.all(presses.map((button) => press(page, button)))
    expect(await readPurchase(workspace, purchase.id)).toMatchObject({ status: 'succeeded' })
    const { body } = await world.request('GET', '/v1/transactions', { key: workspace.key })
    expect(body.data.filter(({ kind }) => kind === 'top_up')).toHaveLength(1)
  })

  test('a confirmation whose report was lost is found by reconciliation', async () => {
    const { workspace, purchase, page } = await createWaiting()
    // The bank records it, and its report is lost.
    await world.database.query(`update sandbox_charges set status = 'succeeded' where ref = $1`, [
      page.split('/').at(-1),
    ])
    expect(await readPurchase(workspace, purchase.id)).toMatchObject({ status: 'requires_action' })
    world.clock.advance(60_000)
    await world.app.payments.reconcileDue()
    expect(await readPurchase(workspace, purchase.id)).toMatchObject({ status: 'succeeded' })
  })

  test('404: there is no such payment', async () => {
    for (const [method, path] of [
      ['GET', '/sandbox-bank/nothing'],
      ['POST', '/sandbox-bank/nothing/confirm'],
    ] as const) {
      const { status, text } = await world.request(method, path)
      expect(status).toBe(404)
      expect(text).toContain('There is no such payment')
    }
  })
})
