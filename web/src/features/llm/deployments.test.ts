import { expect, test } from 'vitest'
import { formatDeployments, parseDeployments } from './deployments.ts'

test('deployments are parsed as they are written', () => {
  const deployments = { 'gpt-5-mini': 'reception', 'gpt-5': 'big one' }
  expect(parseDeployments(formatDeployments(deployments))).toEqual(deployments)
  expect(parseDeployments('\n  gpt-5=a \n\n')).toEqual({ 'gpt-5': 'a' })
  expect(parseDeployments('')).toEqual({})
})

test.each(['gpt-5', '= a', 'gpt-5 =', 'a = b = c'])('“%s” is not a deployment', (text) => {
  expect(parseDeployments(text)).toBeUndefined()
})
