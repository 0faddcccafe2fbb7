import { problemTypes } from '../platform/problem.ts'

/** What can go wrong for a caller of this room. */
export const agentProblems = problemTypes({
  agent_not_found: { status: 404, title: 'There is no such agent', retryable: false },
  phone_number_taken: { status: 409, title: 'The phone number belongs to another agent', retryable: false },
  agent_disabled: { status: 409, title: 'The agent is disabled', retryable: false },
})
