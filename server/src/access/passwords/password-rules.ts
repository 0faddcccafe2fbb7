import {
  describeLengthFault,
  describePasswordFault,
  listOwnerWords,
  type PasswordOwner,
} from '@talktime/core/passwords/password-rule'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import { invalid } from '../../platform/problem.ts'

// A long password is not easier to guess than its beginning, and the estimate takes longer the more it reads.
const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: 64 })

/**
 * Requires that a new password is long enough and neither common nor made of what is known about its owner.
 *
 * @throws Problem invalid_request, which says what would be right
 */
export function requireGoodPassword(password: string, owner: PasswordOwner, pointer = '/password'): void {
  const fault = describeLengthFault(password.length) ?? findFault(password, owner)
  if (fault !== undefined) throw invalid(pointer, fault)
}

function findFault(password: string, owner: PasswordOwner): string | undefined {
  const { score, sequence } = estimator.check(password, listOwnerWords(owner))
  const fromOwner = sequence.some((match) => match.dictionaryName === 'userInputs')
  return describePasswordFault(password.length, { strength: score, fromOwner })
}
