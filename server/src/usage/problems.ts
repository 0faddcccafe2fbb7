import { problemTypes } from '../platform/problem.ts'

/** What can go wrong for a caller of this room. */
export const usageProblems = problemTypes({
  time_zone_changed_concurrently: {
    status: 409,
    title: 'The time zone was changed by another request',
    retryable: true,
  },
})
