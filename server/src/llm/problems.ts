import { agentProblems } from '../agents/index.ts'
import { callProblems } from '../calls/index.ts'
import { problemTypes } from '../platform/problem.ts'

/** What can go wrong for a caller of this room. */
export const llmProblems = problemTypes({
  llm_provider_unknown: { status: 400, title: 'There is no such LLM provider', retryable: false },
  llm_key_missing: { status: 400, title: 'There is no key for this LLM provider', retryable: false },
  llm_model_not_allowed: { status: 403, title: 'The platform’s key is not for this model', retryable: false },
  llm_needs_credits: { status: 402, title: 'There are no credits left', retryable: false },
  llm_key_not_found: { status: 404, title: 'There is no such LLM key', retryable: false },
  llm_key_exists: { status: 409, title: 'There is a key for this LLM provider already', retryable: false },
  llm_key_unreadable: { status: 403, title: 'The stored LLM key cannot be opened', retryable: false },
  llm_address_refused: {
    status: 403,
    title: 'The LLM provider’s address may not be asked',
    retryable: false,
  },
  llm_provider_unreachable: { status: 502, title: 'The LLM provider cannot be reached', retryable: true },
  llm_provider_failed: { status: 502, title: 'The LLM provider’s answer cannot be used', retryable: true },
  llm_provider_timeout: { status: 504, title: 'The LLM provider took too long', retryable: true },
})

/** What a request ends in whose agent or call is not in the workspace. */
export const notFoundProblems = { agent: agentProblems.agent_not_found, call: callProblems.call_not_found }
