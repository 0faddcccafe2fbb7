import { describe, expect, test } from 'vitest'
import { findRole, mapColumns, saysOptOut } from './map-columns.ts'

test.each([
  ['phone', 'phone'],
  [' Phone-Number ', 'phone'],
  ['Phone 1 - Value', 'phone'],
  ['Telefonnummer', 'phone'],
  ['Telefon (geschäftlich)', 'phone'],
  ['Teléfono móvil', 'phone'],
  ['N° de téléphone', 'phone'],
  ['Handy-Nr.', 'phone'],
  ['Мобильный', 'phone'],
  ['電話番号', 'phone'],
  ['Vollständiger Name', 'name'],
  ['Vorname', 'first_name'],
  ['Apellidos', 'last_name'],
  ['Do Not Call', 'do_not_call'],
  ['nicht anrufen', 'do_not_call'],
  ['city', undefined],
  ['Phone 1 - Type', undefined],
  ['Customer phone', 'phone'],
  ['Phone (verified)', undefined],
  ['Phone extension', undefined],
  ['', undefined],
])('the heading %j means %j', (heading, role) => expect(findRole(heading)).toBe(role))

describe('the columns of a file', () => {
  test('are found by their headings', () => {
    expect(mapColumns(['Name', 'Phone 1 - Type', 'Phone 1 - Value', 'Phone 2 - Value'])).toEqual({
      phones: [2, 3],
      names: [0],
      optOuts: [],
      others: [{ index: 1, heading: 'Phone 1 - Type' }],
    })
  })

  test('with several numbers are in the order of their headings, then of the file', () => {
    expect(mapColumns(['mobile', 'name', 'phone'])?.phones).toEqual([2, 0])
    expect(mapColumns(['phone', 'name', 'phone'])?.phones).toEqual([0, 2])
  })

  test('first and last names make one name, unless there is a full one', () => {
    expect(mapColumns(['Nachname', 'Vorname', 'Telefon'])?.names).toEqual([1, 0])
    expect(mapColumns(['Nachname', 'Name', 'Telefon'])).toMatchObject({ names: [1], others: [{ index: 0 }] })
  })

  test('that a file of rejected rows has added are left out', () => {
    expect(mapColumns(['phone', 'city', 'rejected_line', 'rejected_reason'])?.others).toEqual([
      { index: 1, heading: 'city' },
    ])
  })

  test('are not found without a number', () => expect(mapColumns(['name', 'city'])).toBeUndefined())
})

test.each([
  ['yes', true],
  ['x', true],
  ['2026-11-03', true],
  ['asked us in May', true],
  ['Ja', true],
  ['', false],
  [' no ', false],
  ['0', false],
  ['FALSE', false],
  ['nein', false],
  ['não', false],
])('under "do not call", %j says so: %j', (cell, says) => expect(saysOptOut(cell)).toBe(says))
