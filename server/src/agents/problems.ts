import { problemTypes } from '../platform/problem.ts'

/** Problem codes for voice agents. */
export const agentProblems = problemTypes({
  agent_not_found: {
    status: 404,
    title: 'Agent not found',
    retryable: false,
    cause: 'The workspace has no agent with this id, or it was archived.',
    remedy: '`GET /v1/agents` lists the agents.',
  },
  phone_number_taken: {
    status: 409,
    title: 'The phone number belongs to another agent',
    retryable: false,
    cause: 'A phone number can belong to one agent only.',
    remedy: 'Use another number, or remove it from the other agent.',
  },
  agent_disabled: {
    status: 409,
    title: 'The agent is disabled',
    retryable: false,
    cause: 'A campaign cannot start or resume while its agent is disabled.',
    remedy: 'Enable the agent, or give the campaign another one.',
  },
})
