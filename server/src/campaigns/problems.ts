import { problemTypes } from '../platform/problem.ts'

/** What can go wrong for a caller of this room. */
export const campaignProblems = problemTypes({
  campaign_not_found: { status: 404, title: 'There is no such campaign', retryable: false },
  campaign_not_draft: { status: 409, title: 'Only a draft can be started', retryable: false },
  campaign_without_contacts: { status: 409, title: 'The campaign has no contacts to call', retryable: false },
  campaign_not_running: { status: 409, title: 'Only a running campaign can be paused', retryable: false },
  campaign_not_paused: { status: 409, title: 'Only a paused campaign can be resumed', retryable: false },
  campaign_in_progress: { status: 409, title: 'The campaign is running or has live calls', retryable: false },
  campaign_completed: { status: 409, title: 'The campaign is complete', retryable: false },
  out_of_credits: { status: 409, title: 'The workspace is out of credits', retryable: false },
})
