import { problemTypes } from '../platform/problem.ts'

/** What can go wrong for a caller of this room. */
export const accessProblems = problemTypes({
  invalid_credentials: { status: 401, title: 'The email address or the password is wrong', retryable: false },
  origin_not_allowed: { status: 403, title: 'The request comes from another site', retryable: false },
  workspace_suspended: { status: 403, title: 'The workspace is suspended', retryable: false },
  workspace_not_found: { status: 404, title: 'There is no such workspace', retryable: false },
  member_not_found: { status: 404, title: 'There is no such member', retryable: false },
  invitation_not_found: {
    status: 404,
    title: 'There is no such invitation, or it has ended',
    retryable: false,
  },
  key_not_found: { status: 404, title: 'There is no such key', retryable: false },
  email_taken: {
    status: 409,
    title: 'There is an account with this email address already',
    retryable: false,
  },
  already_member: {
    status: 409,
    title: 'This person is a member of the workspace already',
    retryable: false,
  },
  last_owner: { status: 409, title: 'A workspace keeps at least one owner', retryable: false },
  limit_reached: { status: 403, title: 'The plan’s limit is reached', retryable: false },
})
