import { agentProblems } from '../agents/index.ts'
import { callProblems } from '../calls/index.ts'
import { problemTypes } from '../platform/problem.ts'

/** Problem codes for LLM keys and the LLM gateway. */
export const llmProblems = problemTypes({
  llm_provider_unknown: {
    status: 400,
    title: 'Unknown LLM provider',
    retryable: false,
    cause:
      'The agent’s provider, or the one the request names, is not supported. `detail` lists those that are.',
    remedy: 'Use a supported provider.',
  },
  llm_key_missing: {
    status: 400,
    title: 'No key for this LLM provider',
    retryable: false,
    cause: 'Neither the workspace nor the platform has a key for the provider.',
    remedy: 'Add a key under Settings, LLM API keys, if the plan allows it, or use another provider.',
  },
  llm_model_not_allowed: {
    status: 403,
    title: 'The platform’s key does not pay for this model',
    retryable: false,
    cause:
      'The platform’s keys pay only for the models that the operator named in `TALKTIME_LLM_MODELS`. `detail` lists them.',
    remedy: 'Use one of those models, or a key of the workspace’s own.',
  },
  llm_needs_credits: {
    status: 402,
    title: 'No credits left',
    retryable: false,
    cause: 'The platform’s key is not used for a workspace that has no credits and no open call.',
    remedy: 'Buy credits, or use a key of the workspace’s own.',
  },
  llm_needs_call: {
    status: 403,
    title: 'The platform’s key is used in live calls only',
    retryable: false,
    cause:
      'The request names no call, or its call is over or is not answered, and it is not marked as a test. The platform’s key pays for conversations that are charged.',
    remedy:
      'Name the call in the header `Talktime-Call`, or send its call token. Mark a test with `Talktime-Test: true`, or use a key of the workspace’s own.',
  },
  rate_limit_exceeded: {
    status: 429,
    title: 'The plan’s limit for the platform’s key is reached',
    retryable: true,
    cause:
      'The workspace made too many requests in this minute, used too many tokens today, or made too many tests today, with the platform’s key. `detail` says which.',
    remedy:
      'Wait as long as `Retry-After` says, use a key of the workspace’s own, or change to a larger plan. `GET /v1/llm-settings` shows the limits and what is used.',
  },
  llm_key_not_found: {
    status: 404,
    title: 'LLM key not found',
    retryable: false,
    cause: 'The workspace has no LLM key with this id.',
    remedy: '`GET /v1/llm-keys` lists the keys.',
  },
  llm_key_exists: {
    status: 409,
    title: 'A key for this LLM provider already exists',
    retryable: false,
    cause: 'A workspace has at most one key per provider.',
    remedy: 'Replace the key with `PATCH /v1/llm-keys/{id}`, or remove it first.',
  },
  llm_key_unreadable: {
    status: 403,
    title: 'The stored LLM key cannot be opened',
    retryable: false,
    cause: 'The key was encrypted with a secret that the server no longer has, or its row was changed.',
    remedy: 'Replace the key under Settings, LLM API keys.',
  },
  llm_address_refused: {
    status: 403,
    title: 'The LLM provider’s address is refused',
    retryable: false,
    cause: 'The base URL does not lead to a public address.',
    remedy: 'Correct the base URL. The operator can allow others with `TALKTIME_OUTBOUND_ALLOW`.',
  },
  llm_provider_unreachable: {
    status: 502,
    title: 'The LLM provider cannot be reached',
    retryable: true,
    cause: 'The connection to the provider failed or broke.',
    remedy: 'Retry. Check the base URL if it happens again.',
  },
  llm_provider_failed: {
    status: 502,
    title: 'The LLM provider’s response cannot be used',
    retryable: true,
    cause:
      'The provider redirected, broke off its response, or answered with neither JSON nor an event stream.',
    remedy: 'Retry. Check the base URL if it happens again.',
  },
  llm_provider_timeout: {
    status: 504,
    title: 'The LLM provider took too long',
    retryable: true,
    cause: 'The provider did not begin or finish its response in time.',
    remedy: 'Retry, or ask for a shorter response.',
  },
})

/** The problems for a request that names an agent or a call that is not in the workspace. */
export const notFoundProblems = { agent: agentProblems.agent_not_found, call: callProblems.call_not_found }
