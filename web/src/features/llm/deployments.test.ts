import { expect, test } from 'vitest'
import { deploymentsFrom, deploymentsText } from './deployments.ts'

test('deployments are read as they are written', () => {
  const deployments = { 'gpt-5-mini': 'reception', 'gpt-5': 'big one' }
  expect(deploymentsFrom(deploymentsText(deployments))).toEqual(deployments)
  expect(deploymentsFrom('\n  gpt-5=a \n\n')).toEqual({ 'gpt-5': 'a' })
  expect(deploymentsFrom('')).toEqual({})
})

test.each(['gpt-5', '= a', 'gpt-5 =', 'a = b = c'])('“%s” is no deployment', (text) => {
  expect(deploymentsFrom(text)).toBeUndefined()
})
