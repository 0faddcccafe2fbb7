import { problemTypes } from '../platform/problem.ts'

/** What can go wrong for a caller of this room. */
export const planProblems = problemTypes({
  plan_required: { status: 403, title: 'A paid plan is required', retryable: false },
  plan_not_found: { status: 404, title: 'There is no such plan', retryable: false },
  package_not_found: { status: 404, title: 'There is no such package of credits', retryable: false },
})
