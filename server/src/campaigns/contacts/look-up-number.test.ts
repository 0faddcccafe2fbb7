import { cleanNumber } from '@talktime/core/contacts/clean-cell'
import { type DialRules, judgeNumber } from '@talktime/core/contacts/judge-number'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../../../core/test/property-runs.ts'
import { lookUpNumber } from './look-up-number.ts'

const STRICT: DialRules = { kinds: [], countries: null }

const judge = (cell: string, country: string | null = 'DE', rules = STRICT) => {
  const judged = judgeNumber(cleanNumber(cell), country, lookUpNumber, rules)
  return 'reason' in judged ? judged.reason : judged.number
}

describe('a cell is a number in full', () => {
  test.each([
    ['+491711239001', '+491711239001'],
    ['+491711239001.0', '+491711239001'],
    ['00491711239001', '+491711239001'],
    ['0171 1239001', '+491711239001'],
    ['(0171) 123-9001', '+491711239001'],
    ['+49 (0)171 1239001', '+491711239001'],
    ['030/901820', '+4930901820'],
    ['tel:+49-171-1239001', '+491711239001'],
    ['\u202a+491711234568\u202c', '+491711234568'],
    ['="01711239001"', '+491711239001'],
    ['+1 (212) 555-0100', '+12125550100'],
    ['+33 1.42.68.53.00', '+33142685300'],
  ])('%j is %s', (cell, number) => expect(judge(cell)).toBe(number))

  test.each([
    ['US', '(212) 555-0100', '+12125550100'],
    ['US', '12125550100', '+12125550100'],
    ['US', '2125550100.0', '+12125550100'],
    ['GB', '020 7946 0958', '+442079460958'],
    ['FR', '01 42 68 53 00', '+33142685300'],
    ['IT', '06 6982 1234', '+390669821234'],
  ])('in %s, %j is %s', (country, cell, number) => expect(judge(cell, country)).toBe(number))

  test('also where no default country says what a number without a plus is', () => {
    expect(judge('\u202a+491711234568\u202c', null)).toBe('+491711234568')
    expect(judge('491711234568', null)).toContain('no country code')
  })
})

describe('a cell is rejected with the true reason', () => {
  test.each([
    ['', 'no phone number'],
    ['RE-2026-004711', 'letters'],
    ['anna1990@example.com', 'letters'],
    ['0171 123XXXX', 'letters'],
    ['1-800-FLOWERS', 'letters'],
    ['46355', 'too short'],
    ['110', 'too short'],
    ['4.91711E+11', 'spreadsheet has cut off digits'],
    ['4,91711E+11', 'spreadsheet has cut off digits'],
    ['+4.91711E+11', 'spreadsheet has cut off digits'],
    ['#NUM!', 'spreadsheet shows an error'],
    ['29.11.2026', 'date'],
    ['2026-11-29', 'date'],
    ['192.168.1.10', 'network address'],
    ['1234,56', 'decimal'],
    ['0171 1239001 / 0172 1239002', 'more than one number'],
    ['0171 1239001, 0172 1239002', 'more than one number'],
    ['030 901820/21', 'more than one number'],
    ['030 901820\n030 901821', 'more than one number'],
    ['030 901820 ext. 5', 'extension'],
    ['030 901820 Durchwahl 5', 'extension'],
    ['12.50 €', 'not a phone number'],
    ['*100#', 'not a phone number'],
    ['0171+1239001', 'not a phone number'],
    ['+49301', 'no such number in DE'],
    ['+19005550123', 'premium-rate'],
    ['+449061234567', 'premium-rate'],
    ['+979123456789', 'premium-rate'],
    ['+881612345678', 'satellite'],
    ['+447012345678', 'personal'],
  ])('%j: %s', (cell, reason) => expect(judge(cell)).toContain(reason))

  test('a number that lost its plus is the one that exists, or is rejected as ambiguous', () => {
    expect(judge('491711239002')).toMatch(/^\+491711239002$|\+491711239002 without its plus/)
  })

  test('an operator allows kinds of numbers, and countries', () => {
    expect(judge('+449061234567', 'DE', { kinds: ['premium_rate'], countries: null })).toBe('+449061234567')
    expect(judge('+12125550100', 'DE', { kinds: [], countries: ['DE', 'AT'] })).toContain('Ask the operator')
  })
})

test('whatever surrounds digits, a number that is accepted has all digits of its cell', () => {
  const cells = fc
    .array(
      fc.constantFrom(
        '1',
        '2',
        '4',
        '7',
        '9',
        '0',
        '+',
        ' ',
        '-',
        '.',
        '/',
        '(',
        ')',
        ',',
        'x',
        '#',
        '\u202a',
      ),
      {
        maxLength: 20,
      },
    )
    .map((all) => all.join(''))
  fc.assert(
    fc.property(cells, fc.constantFrom('DE', 'US', null), (cell, country) => {
      const judged = judgeNumber(cleanNumber(cell), country, lookUpNumber, STRICT)
      if ('reason' in judged) return
      const digits = cleanNumber(cell).replaceAll(/\D/g, '').replace(/^0+/, '')
      // A trunk prefix, such as the 0 in +49 (0)171, is dialed inside a country and no part of its number.
      expect(judged.number.replaceAll(/\D/g, '')).toContain(digits.slice(-6))
    }),
    propertyRuns(2_000),
  )
})
