import { problemTypes } from '../platform/problem.ts'

/** Problem codes of webhooks and deliveries. */
export const alertProblems = problemTypes({
  webhook_not_found: {
    status: 404,
    title: 'Webhook not found',
    retryable: false,
    cause: 'The workspace has no webhook with this id.',
    remedy: '`GET /v1/webhooks` lists the webhooks.',
  },
  webhook_disabled: {
    status: 409,
    title: 'The webhook is switched off',
    retryable: false,
    cause: 'A message cannot be sent again to a webhook that is switched off.',
    remedy: 'Switch the webhook on first.',
  },
  webhook_removed: {
    status: 409,
    title: 'The webhook was removed',
    retryable: false,
    cause: 'The message went to a webhook that no longer exists.',
    remedy: 'Nothing can be sent to it. Create a new webhook for future alerts.',
  },
  webhook_limit_reached: {
    status: 409,
    title: 'The workspace has the maximum number of webhooks',
    retryable: false,
    cause: 'The workspace already has as many webhooks as it may have. `detail` states the limit.',
    remedy: 'Remove one that is no longer needed.',
  },
  delivery_not_found: {
    status: 404,
    title: 'Delivery not found',
    retryable: false,
    cause: 'The workspace has no delivery with this id.',
    remedy: '`GET /v1/deliveries` lists the deliveries.',
  },
})
