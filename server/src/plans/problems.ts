import { problemTypes } from '../platform/problem.ts'

/** The problems with plans and packages of credits. */
export const planProblems = problemTypes({
  plan_required: {
    status: 403,
    title: 'Another plan is required',
    retryable: false,
    cause: 'The workspace’s plan does not include this feature.',
    remedy: 'Change to a plan that includes it. `GET /v1/plans` lists the plans.',
  },
  too_many_free_workspaces: {
    status: 403,
    title: 'The person owns too many workspaces on plans without payment',
    retryable: false,
    cause: 'Each workspace on such a plan has free credits, so a person may own a few of them only.',
    remedy: 'Change one of them to a paid plan, or make the person an admin.',
  },
  plan_not_found: {
    status: 404,
    title: 'Plan not found',
    retryable: false,
    cause: 'The catalog has no plan with this id.',
    remedy: '`GET /v1/plans` lists the plans.',
  },
  package_not_found: {
    status: 404,
    title: 'Package not found',
    retryable: false,
    cause: 'The catalog has no package of credits with this id, or none at all.',
    remedy: '`GET /v1/packages` lists the packages.',
  },
})
