import { describe, expect, test } from 'vitest'
import { cleanCell, cleanNumber } from './clean-cell.ts'

describe('a cell', () => {
  test.each([
    ['  Ada   Lovelace ', 'Ada Lovelace', 'spaces'],
    ['\u202aAda\u202c', 'Ada', 'marks of the direction of writing'],
    ['\ufeffAda\u200b', 'Ada', 'a byte order mark and a space without width'],
    ['Ada\u00a0Lovelace', 'Ada Lovelace', 'a space that does not break'],
    ['="Ada"', 'Ada', 'a formula that quotes a text'],
    ['="Ada ""the first"""', 'Ada "the first"', 'quotes inside such a formula'],
    [`'+491711239001`, '+491711239001', 'the apostrophe before a text'],
    [`'t Hooft`, `'t Hooft`, 'the apostrophe of a name stays'],
    ['Ulm\nor  so', 'Ulm\nor so', 'the lines of a note stay'],
    ['=SUM(A1)', '=SUM(A1)', 'another formula stays as it is'],
    ['نازنین\u200cزهرا', 'نازنین\u200cزهرا', 'a joint that spelling needs stays'],
  ])('%j is %j: %s', (text, cleaned) => expect(cleanCell(text)).toBe(cleaned))
})

describe('a cell with a phone number', () => {
  test.each([
    ['\u202a+491711234568\u202c', '+491711234568', 'marks of the direction of writing'],
    ['+491711239001.0', '+491711239001', 'decimals of a spreadsheet'],
    ['491711239001,00', '491711239001', 'decimals with a comma'],
    ['="0171 1239001"', '0171 1239001', 'a formula that quotes'],
    [`'0171 1239001`, '0171 1239001', 'an apostrophe'],
    ['’+49 171 1239001’', '+49 171 1239001', 'typographic quotes'],
    ['＋４９１７１１２３９００１', '+491711239001', 'full-width forms'],
    ['+49\u2011171\u20111239001', '+49-171-1239001', 'hyphens that do not break'],
    ['tel:+49-171-1239001', '+49-171-1239001', 'a link'],
    ['TEL: 0171 1239001', '0171 1239001', 'what people write before a number'],
    ['030.90.18.20', '030.90.18.20', 'points between digits stay'],
    ['12.0', '12.0', 'a short decimal number stays'],
  ])('%j is %j: %s', (text, cleaned) => expect(cleanNumber(text)).toBe(cleaned))
})
