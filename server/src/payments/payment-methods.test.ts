import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShop, type Shop } from '../../test/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

test('a card that is removed while the gateway cannot be reached is detached later', async () => {
  let isReachable = false
  const { payments } = shop.startSeller(undefined, {
    onError() {},
    gateway: {
      ...shop.gateway,
      async removeMethod(customerRef, methodRef) {
        if (!isReachable) throw new Error('The gateway is unreachable')
        await shop.gateway.removeMethod(customerRef, methodRef)
      },
    },
  })
  const { workspaceId, method } = await shop.addCustomer('success')
  await payments.removeMethod(workspaceId, method.id, { actor: 'system' })
  const isRemoved = async () => {
    const { rows } = await shop.database.query<{ removed: boolean }>(
      'select removed from sandbox_cards where ref = $1',
      [method.methodRef],
    )
    return rows[0]?.removed
  }
  await payments.detachRemovedMethods()
  expect(await isRemoved()).toBe(false)
  isReachable = true
  await payments.detachRemovedMethods()
  expect(await isRemoved()).toBe(true)
})
