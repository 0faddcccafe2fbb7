import { problemTypes } from '../platform/problem.ts'

/** What can go wrong for a caller of this room. */
export const alertProblems = problemTypes({
  webhook_not_found: { status: 404, title: 'There is no such webhook', retryable: false },
  webhook_disabled: { status: 409, title: 'The webhook is switched off', retryable: false },
  webhook_removed: { status: 409, title: 'The webhook was removed', retryable: false },
  webhook_limit_reached: {
    status: 409,
    title: 'The workspace has as many webhooks as it may',
    retryable: false,
  },
  delivery_not_found: { status: 404, title: 'There is no such delivery', retryable: false },
})
