import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import { type GatewayBench, gatewayContract } from '../../../test/gateway-contract.ts'
import { virtualClock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import { createSandboxGateway, type SandboxGateway } from './gateway.ts'

let database: Database
let drop: () => Promise<void>
let gateway: SandboxGateway
beforeAll(async () => {
  ;({ database, drop } = await testDatabase())
  gateway = createSandboxGateway({ database, clock: virtualClock(Date.parse('2026-11-22T10:00:00Z')) })
})
afterAll(() => drop())

function openBench(): GatewayBench {
  return {
    gateway,
    async saveCard(testCard) {
      const customerRef = `customer_${randomUUID()}`
      const answer = await gateway.addMethod(customerRef, { testCard, returnUrl: 'https://example.com' })
      if (answer.kind !== 'saved') throw new Error('The sandbox saves its cards at once')
      return { customerRef, methodRef: answer.method.methodRef }
    },
    async finish(actionUrl, decision) {
      const end = decision === 'confirm' ? 'confirmed' : 'authentication_failed'
      await gateway.bank.finish(actionUrl.split('/').at(-1) ?? '', end)
    },
    async listTaken(purchaseId) {
      const { rows } = await database.query<{ amount: number }>(
        `select amount_minor as amount from sandbox_charges where idempotency_key = $1 and status = 'succeeded'`,
        [purchaseId],
      )
      return rows.map(({ amount }) => amount)
    },
  }
}

describe('the sandbox keeps the contract of gateways', () => {
  for (const { name, run } of gatewayContract) test(name, () => run(openBench()))
})

test('the bank remembers what Talktime rolls back', async () => {
  const purchaseId = randomUUID()
  const { customerRef, methodRef } = await openBench().saveCard('success')
  const request = {
    purchaseId,
    workspaceId: randomUUID(),
    amountMinor: 1200,
    currency: 'USD',
    customerRef,
    methodRef,
    chargeRef: null,
    offSession: false,
    description: '100 credits',
    returnUrl: 'https://talktime.example.com/billing',
  }
  const crash = database.transaction(async (tx) => {
    await tx.query('create table half_done ()')
    await gateway.charge(request)
    throw new Error('crash')
  })
  await expect(crash).rejects.toThrow('crash')
  expect(await gateway.lookUp(request)).toMatchObject({ outcome: 'succeeded' })
})
