import { describe, expect, it } from 'vitest'
import type { Package } from '../../api/types.ts'
import { type ChoiceFields, choiceInWords, predictConsequence, readChoice, validateFields } from './choice.ts'

const usd = (minor: number) => ({ minor, currency: 'USD' })
const packages: Package[] = [
  { id: 'credits_100', credits: { milliseconds: 6_000_000, credits: 100 }, price: usd(1_200) },
  { id: 'credits_500', credits: { milliseconds: 30_000_000, credits: 500 }, price: usd(5_500) },
]
const fields: ChoiceFields = {
  enabled: true,
  thresholdCredits: 20,
  packageId: 'credits_100',
  quantity: 2,
  monthlyCap: 240,
}
const choice = (changes: Partial<ChoiceFields> = {}) => {
  const made = readChoice({ ...fields, ...changes }, packages)
  if (made === null) throw new Error('These fields are invalid')
  return made
}

describe('the sentence', () => {
  it('states what will happen', () => {
    expect(choiceInWords(choice())).toBe(
      'When the balance drops below 20 credits, buy 2 × 100 credits for $24.00; at most $240.00 a month',
    )
    expect(choiceInWords(choice({ thresholdCredits: 1, quantity: 1, monthlyCap: '' }))).toBe(
      'When the balance drops below 1 credit, buy 1 × 100 credits for $12.00; without a monthly cap',
    )
  })
})

describe('the fields', () => {
  it.each<[keyof ChoiceFields, ChoiceFields[keyof ChoiceFields], boolean]>([
    ['thresholdCredits', '', false],
    ['thresholdCredits', 0, false],
    ['thresholdCredits', 0.5, false],
    ['thresholdCredits', 1.5, true],
    ['thresholdCredits', 1_000_001, false],
    ['packageId', 'credits_7', false],
    ['quantity', '', false],
    ['quantity', 1.5, false],
    ['quantity', 101, false],
    ['monthlyCap', '', true],
    ['monthlyCap', 23.99, false],
    ['monthlyCap', 24, true],
  ])('%s may be %j: %s', (name, value, right) => {
    const changed = { ...fields, [name]: value }
    expect(validateFields(changed, packages)[name] === null).toBe(right)
    expect(readChoice(changed, packages) !== null).toBe(right)
  })
})

describe('saving', () => {
  const saved = { stateReasonCode: 'switched_off' as const, spentThisMonth: usd(0) }
  const below = 19.99 * 60_000

  it('buys right away only below the threshold', () => {
    expect(predictConsequence(choice(), saved, below, true)).toBe('buys')
    expect(predictConsequence(choice(), saved, 20 * 60_000, true)).toBe('nothing')
    expect(predictConsequence(choice({ enabled: false }), saved, below, true)).toBe('nothing')
  })

  it('says what prevents buying', () => {
    expect(predictConsequence(choice(), saved, below, false)).toBe('no_card')
    const spent = { ...saved, spentThisMonth: usd(21_601) }
    expect(predictConsequence(choice(), spent, below, true)).toBe('passes_cap')
    expect(predictConsequence(choice(), { ...spent, spentThisMonth: usd(21_600) }, below, true)).toBe('buys')
    const buying = { ...saved, stateReasonCode: 'purchase_in_flight' as const }
    expect(predictConsequence(choice(), buying, below, true)).toBe('nothing')
  })
})
