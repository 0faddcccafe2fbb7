import { problemTypes } from '../platform/problem.ts'

/** What can go wrong for a caller of this room. */
export const subscriptionProblems = problemTypes({
  plan_on_request: { status: 409, title: 'This plan is on request', retryable: false },
})
