import { LLM_PROVIDER_NAMES, type LlmProvider } from '@talktime/core/llm/llm-provider'
import { Problem, type ProblemType } from '../../platform/problem.ts'
import { llmProblems } from '../problems.ts'
import type { RequestError } from '../records/request-store.ts'
import { asProblem } from './ask-provider.ts'
import { Aborted, type AbortReason } from './deadlines.ts'

/** What is recorded of a request that failed, and what its caller is told; `caller_gone`: there is nobody to tell. */
export type Failure =
  | { readonly error: 'caller_gone' }
  | { readonly error: Exclude<RequestError, 'caller_gone'>; readonly problem: Problem }

/** Why there is no answer of the provider's to pass on. What is a bug is thrown on. */
export function failureOf(provider: LlmProvider, error: unknown): Failure {
  if (error instanceof Aborted) return gaveUp(provider, error.because)
  const problem = asProblem(provider, error)
  if (!(problem instanceof Problem)) throw problem
  return { error: errorsOfProblems.get(problem.type) ?? 'provider_failed', problem }
}

/** Why an answer that had begun came to no end, whatever broke. */
export function breakOf(provider: LlmProvider, error: unknown): Failure {
  if (error instanceof Aborted) return gaveUp(provider, error.because)
  const detail = `${LLM_PROVIDER_NAMES[provider]} broke its answer off.`
  return {
    error: 'cut_off',
    problem: new Problem(llmProblems.llm_provider_failed, detail, { internal: error }),
  }
}

const errorsOfProblems = new Map<ProblemType, Exclude<RequestError, 'caller_gone'>>([
  [llmProblems.llm_address_refused, 'address_refused'],
  [llmProblems.llm_provider_unreachable, 'unreachable'],
])

function gaveUp(provider: LlmProvider, because: AbortReason): Failure {
  if (because === 'caller_gone') return { error: 'caller_gone' }
  const detail = `${LLM_PROVIDER_NAMES[provider]} ${tooLong[because]}.`
  return { error: 'timeout', problem: new Problem(llmProblems.llm_provider_timeout, detail) }
}

const tooLong: Record<Exclude<AbortReason, 'caller_gone'>, string> = {
  first_byte: 'did not begin its answer in time',
  idle: 'stopped in the middle of its answer',
  total: 'did not finish its answer in time',
}
