import { problemTypes } from '../platform/problem.ts'

/** Problem codes of campaigns and their contacts. */
export const campaignProblems = problemTypes({
  campaign_not_found: {
    status: 404,
    title: 'Campaign not found',
    retryable: false,
    cause: 'The workspace has no campaign with this id, or it was archived.',
    remedy: '`GET /v1/campaigns` lists the campaigns.',
  },
  campaign_not_draft: {
    status: 409,
    title: 'Only a draft can be started',
    retryable: false,
    cause: 'The campaign has already been started.',
    remedy: 'Resume it if it is paused. Create a new campaign if it is complete.',
  },
  campaign_without_contacts: {
    status: 409,
    title: 'The campaign has no contacts to call',
    retryable: false,
    cause: 'The campaign has no contacts yet, or all of them are done.',
    remedy: 'Add contacts first.',
  },
  campaign_not_running: {
    status: 409,
    title: 'Only a running campaign can be paused',
    retryable: false,
    cause: 'The campaign is a draft or is complete.',
    remedy: 'Nothing to pause. Start a draft to make it run.',
  },
  campaign_not_paused: {
    status: 409,
    title: 'Only a paused campaign can be resumed',
    retryable: false,
    cause: 'The campaign is a draft, is scheduled or is complete.',
    remedy: 'Start a draft. Create a new campaign if this one is complete.',
  },
  campaign_in_progress: {
    status: 409,
    title: 'The campaign is running or has live calls',
    retryable: false,
    cause: 'A campaign cannot be archived while it runs or while its calls last.',
    remedy: 'Pause it and let its calls end first.',
  },
  campaign_completed: {
    status: 409,
    title: 'The campaign is complete',
    retryable: false,
    cause: 'A complete campaign takes no further contacts.',
    remedy: 'Create another campaign for further contacts.',
  },
  email_unverified: {
    status: 409,
    title: 'The email address is not verified',
    retryable: false,
    cause:
      'On a plan without payment, an owner’s email address must be verified before the workspace’s first call.',
    remedy: 'Open the link in the mail, or have it sent again from the dashboard.',
  },
  out_of_credits: {
    status: 409,
    title: 'The workspace is out of credits',
    retryable: false,
    cause: 'A campaign cannot start or resume at a balance of zero or less.',
    remedy: 'Buy credits first.',
  },
})
