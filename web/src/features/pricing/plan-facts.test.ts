import { describe, expect, it } from 'vitest'
import type { Plan } from '../../api/types.ts'
import { comparePlans, hoursInWords, listPlanFacts } from './plan-facts.ts'

const amount = (credits: number) => ({ credits, milliseconds: credits * 60_000 })
const free: Plan = {
  id: 'free',
  name: 'Free',
  price: { minor: 0, currency: 'USD' },
  monthlyCredits: amount(30),
  paid: false,
  overdraft: 'none',
  features: { languages: true, campaigns: false },
  limits: {
    concurrentCallsMax: 20,
    callDurationSecondsMax: 3_600,
    membersMax: 2,
    llmRequestsPerMinute: 30,
    llmTokensPerDay: 200_000,
  },
}
const large: Plan = {
  ...free,
  id: 'large',
  name: 'Large',
  price: null,
  monthlyCredits: amount(10_000),
  paid: true,
  overdraft: 'finish',
  features: { languages: true, campaigns: true, prioritySupport: true },
  limits: {
    concurrentCallsMax: null,
    callDurationSecondsMax: 5_400,
    membersMax: null,
    llmRequestsPerMinute: null,
    llmTokensPerDay: null,
  },
}

describe('what plans differ in', () => {
  it('names every feature of the catalog, known to the dashboard or not', () => {
    const names = listPlanFacts([free, large]).map((fact) => fact.name)
    expect(names).toContain('Campaigns')
    expect(names).toContain('Priority support')
    const support = listPlanFacts([free, large]).find((fact) => fact.name === 'Priority support')
    expect(support?.of(free)).toBe(false)
    expect(support?.of(large)).toBe(true)
  })

  it('lists what a change of plan changes, and nothing else', () => {
    expect(comparePlans(free, large)).toEqual([
      { name: 'Credits a month', from: '30', to: '10,000' },
      { name: 'Top-ups and auto-reload', from: 'not included', to: 'included' },
      { name: 'Concurrent calls', from: '20', to: 'No limit' },
      { name: 'Longest call', from: '1 hour', to: '90 minutes' },
      { name: 'Live calls at zero credits', from: 'Are ended', to: 'May finish' },
      { name: 'Language model tokens a day', from: '200,000', to: 'No limit' },
      { name: 'Members', from: '2', to: 'No limit' },
      { name: 'Campaigns', from: 'not included', to: 'included' },
      { name: 'Priority support', from: 'not included', to: 'included' },
    ])
    expect(comparePlans(large, large)).toEqual([])
  })

  it('writes durations in whole hours where possible', () => {
    expect(hoursInWords(14_400)).toBe('4 hours')
    expect(hoursInWords(2_700)).toBe('45 minutes')
  })
})
