import { describe, expect, test } from 'vitest'
import { repairText } from '../../test/repair-text.ts'

describe('a file of CSV', () => {
  test.each([
    ['a,b\n1,2\n', 'no quotes'],
    ['"a","b"\n"x, y","z"\n', 'quoted fields'],
    ['"Eve ""the first""","Ulm\nor so"\n', 'quotes and lines in quotes'],
    ['"x" ,"y"\n', 'a space after a quoted field'],
    ['Pipe 5" wide,+49\n', 'a quote inside of a field'],
    ['Joe "The Boss" Smith,+49\n', 'quotes inside of a field'],
    ['a,"b"', 'no end of line'],
    ['"a";"b, c"\r\n', 'another separator', ';'],
  ])('%j stays as it is: %s', (text, _what, delimiter = ',') => {
    expect(repairText(text, 1_000, delimiter)).toBe(text)
  })

  test.each([
    ['"Carl,+1\nDora,+2\n', 'Carl,+1\nDora,+2\n', 'is never closed'],
    ['"Carl,+1\n"Dora, x",+2\n', 'Carl,+1\n"Dora, x",+2\n', 'would end where another one begins'],
    ['"Joe "Boss" Smith",+1\nDora,+2\n', 'Joe "Boss" Smith",+1\nDora,+2\n', 'ends in the middle of a word'],
    [`"Carl,+1\n${'x,+2\n'.repeat(60)}y,"z"\n`, `Carl,+1\n${'x,+2\n'.repeat(60)}y,"z"\n`, 'ends far below'],
  ])('%j becomes %j: a quote that %s opens no field', (text, repaired) => {
    expect(repairText(text)).toBe(repaired)
  })
})
