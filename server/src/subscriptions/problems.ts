import { problemTypes } from '../platform/problem.ts'

/** The problems with a change of plan. */
export const subscriptionProblems = problemTypes({
  plan_on_request: {
    status: 409,
    title: 'This plan is available on request',
    retryable: false,
    cause: 'The plan has no list price, so it cannot be bought here.',
    remedy: 'Ask the operator of this service for an offer.',
  },
})
