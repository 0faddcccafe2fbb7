import { expect, test } from 'vitest'
import { findTable } from './find-table.ts'

test.each([
  ['phone,name\n+49,Ada\n', { delimiter: ',', headingsLine: 1 }, 'commas'],
  ['name;phone\nAda, Countess;+49\n', { delimiter: ';', headingsLine: 1 }, 'semicolons'],
  ['Name\tPhone Number\n', { delimiter: '\t', headingsLine: 1 }, 'tabs'],
  ['name|phone\n', { delimiter: '|', headingsLine: 1 }, 'bars'],
  ['number', { delimiter: ',', headingsLine: 1 }, 'one column without an end of line'],
  ['sep=;\r\nname;phone\r\n', { delimiter: ';', headingsLine: 2 }, 'a line that tells the separator'],
  ['"sep=,"\nname,phone\n', { delimiter: ',', headingsLine: 2 }, 'the same in quotes'],
  ['Customers, spring\nMade by Ada\n\nName;Telefon\n', { delimiter: ';', headingsLine: 4 }, 'titles above'],
  ['"a, b";phone\n', { delimiter: ';', headingsLine: 1 }, 'a separator in quotes'],
  ['phone\nx,y\n', { delimiter: ',', headingsLine: 1 }, 'a single heading above rows with commas'],
  ['\n\nname;city;zip\n', { delimiter: ';', headingsLine: 3 }, 'no known heading'],
  ['', { delimiter: ',', headingsLine: 1 }, 'nothing'],
])('the table of %j is at %j: %s', (text, place) => {
  expect(findTable(text)).toEqual(place)
})
