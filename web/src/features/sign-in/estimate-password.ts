import {
  describePasswordFault,
  listOwnerWords,
  type PasswordOwner,
} from '@talktime/core/passwords/password-rule'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'

// Loaded when somebody chooses a password: the list of common passwords is large.
const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: 64 })

/** Says why a new password would be refused, as the server does. Undefined: it is good enough. */
export function findPasswordFault(password: string, owner: PasswordOwner): string | undefined {
  const { score, sequence } = estimator.check(password, listOwnerWords(owner))
  const fromOwner = sequence.some((match) => match.dictionaryName === 'userInputs')
  return describePasswordFault(password.length, { strength: score, fromOwner })
}
