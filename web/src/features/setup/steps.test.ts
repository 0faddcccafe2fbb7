import { expect, it } from 'vitest'
import type { Agent, Call, PaymentMethod, Webhook } from '../../api/types.ts'
import { checkSteps, findChargedCall, type SetupFacts } from './steps.ts'

const amount = (milliseconds: number) => ({ milliseconds, credits: milliseconds / 60_000 })
const call = (parts: Partial<Call>) => ({ endedAt: null, charged: amount(0), ...parts }) as Call
const over = call({ id: 'call_1', endedAt: '2026-11-22T10:00:00.000Z', charged: amount(5_000) })

const nothing: SetupFacts = {
  agents: [],
  calls: [],
  cards: [],
  webhooks: [],
  workspace: { lowBalanceCredits: null },
}

it('no step is done in a new workspace', () => {
  expect(checkSteps(nothing)).toEqual({ agent: false, call: false, cost: false, card: false, alert: false })
})

it('each step is done by what happened in the workspace', () => {
  expect(checkSteps({ ...nothing, agents: [{} as Agent] })).toMatchObject({ agent: true, call: false })
  expect(checkSteps({ ...nothing, calls: [call({})] })).toMatchObject({ call: true, cost: false })
  expect(checkSteps({ ...nothing, calls: [call({}), over] })).toMatchObject({ call: true, cost: true })
  expect(checkSteps({ ...nothing, cards: [{} as PaymentMethod] })).toMatchObject({ card: true })
  expect(checkSteps({ ...nothing, webhooks: [{} as Webhook] })).toMatchObject({ alert: true })
  expect(checkSteps({ ...nothing, workspace: { lowBalanceCredits: 0 } })).toMatchObject({ alert: true })
})

it('people who may not see cards do not learn whether there are any', () => {
  expect(checkSteps({ ...nothing, cards: null }).card).toBeNull()
})

it('the latest charged call is found', () => {
  const older = { ...over, id: 'call_0' }
  expect(findChargedCall({ calls: [call({ id: 'call_2' }), over, older] })?.id).toBe('call_1')
})
