import { problemTypes } from '../platform/problem.ts'

/** What can go wrong with usage. */
export const usageProblems = problemTypes({
  time_zone_changed_concurrently: {
    status: 409,
    title: 'The time zone was changed by another request',
    retryable: true,
    cause: 'Two requests changed the workspace’s time zone at once, and the other one finished first.',
    remedy: 'Read the workspace, and repeat the change if it is still needed.',
  },
})
