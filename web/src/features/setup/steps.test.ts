import { expect, it } from 'vitest'
import type { Agent, Call, PaymentMethod, Webhook } from '../../api/types.ts'
import { chargedCall, doneSteps, type SetupFacts } from './steps.ts'

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

it('has nothing done in a new workspace', () => {
  expect(doneSteps(nothing)).toEqual({ agent: false, call: false, cost: false, card: false, alert: false })
})

it('is done by what happened, each step by its own', () => {
  expect(doneSteps({ ...nothing, agents: [{} as Agent] })).toMatchObject({ agent: true, call: false })
  expect(doneSteps({ ...nothing, calls: [call({})] })).toMatchObject({ call: true, cost: false })
  expect(doneSteps({ ...nothing, calls: [call({}), over] })).toMatchObject({ call: true, cost: true })
  expect(doneSteps({ ...nothing, cards: [{} as PaymentMethod] })).toMatchObject({ card: true })
  expect(doneSteps({ ...nothing, webhooks: [{} as Webhook] })).toMatchObject({ alert: true })
  expect(doneSteps({ ...nothing, workspace: { lowBalanceCredits: 0 } })).toMatchObject({ alert: true })
})

it('says nothing of cards to people who may not see them', () => {
  expect(doneSteps({ ...nothing, cards: null }).card).toBeNull()
})

it('shows the newest call that cost something', () => {
  const older = { ...over, id: 'call_0' }
  expect(chargedCall({ calls: [call({ id: 'call_2' }), over, older] })?.id).toBe('call_1')
})
