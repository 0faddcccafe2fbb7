import { expect, test } from 'vitest'
import { readLocalAddress } from './local-address.ts'

test.each([
  ['/usage', '/usage'],
  ['/', '/'],
  ['/usage?preset=last_30_days#chart', '/usage?preset=last_30_days#chart'],
  ['/join?token=a%2Fb', '/join?token=a%2Fb'],
  ['/calls/../usage', '/usage'],
  ['/calls?from=//evil.example', '/calls?from=//evil.example'],
  ['/calls/caf%C3%A9', '/calls/caf%C3%A9'],
])('%j stays on this site', (address, expected) => {
  expect(readLocalAddress(address)).toBe(expected)
})

test.each([
  ['another site', 'https://evil.example/'],
  ['another site without slashes', 'https:evil.example'],
  ['another site in capitals', 'HTTPS://evil.example'],
  ['a site without a scheme', '//evil.example'],
  ['three slashes', '///evil.example'],
  ['a backslash', '/\\evil.example'],
  ['two backslashes', '\\\\evil.example'],
  ['a backslash first', '\\/evil.example'],
  ['a tab between the slashes', '/\t/evil.example'],
  ['a line break between the slashes', '/\n/evil.example'],
  ['a carriage return between the slashes', '/\r/evil.example'],
  ['a tab first', '\t//evil.example'],
  ['a space first', ' //evil.example'],
  ['an encoded slash', '/%2Fevil.example'],
  ['an encoded backslash', '/%5Cevil.example'],
  ['an encoded tab', '/%09/evil.example'],
  ['a slash that is encoded twice', '/%252Fevil.example'],
  ['two slashes after a step up', '/usage/..//evil.example'],
  ['two slashes after an encoded step up', '/usage/%2e%2e//evil.example'],
  ['two slashes after a step that stays', '/.//evil.example'],
  ['a name with a password', '/\\@evil.example'],
  ['a script', 'javascript:alert(1)'],
  ['a script behind a tab', 'java\tscript:alert(1)'],
  ['data', 'data:text/html,hello'],
  ['a relative path', 'usage'],
  ['a broken percent sign', '/%zz'],
  ['an empty text', ''],
  ['a null character', '/\0/evil.example'],
  ['a list', ['/usage']],
  ['nothing', undefined],
])('%s is refused', (_what, address) => {
  expect(readLocalAddress(address)).toBeUndefined()
})
