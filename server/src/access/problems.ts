import { problemTypes } from '../platform/problem.ts'

/** Problem codes for sign-ins, workspaces, members, invitations and API keys. */
export const accessProblems = problemTypes({
  invalid_credentials: {
    status: 401,
    title: 'The email address or the password is wrong',
    retryable: false,
    cause: 'There is no account with this email address and password.',
    remedy: 'Check both and sign in again.',
  },
  origin_not_allowed: {
    status: 403,
    title: 'The request comes from another site',
    retryable: false,
    cause:
      'A request with a session cookie came from a page of another site, or without a header that says where it came from.',
    remedy: 'Programs should send an API key, or the `Origin` header with this server’s address.',
  },
  workspace_suspended: {
    status: 403,
    title: 'The workspace is suspended',
    retryable: false,
    cause: 'The operator suspended the workspace. It can be read but not changed, and its calls are refused.',
    remedy: 'Ask the operator of this service.',
  },
  workspace_not_found: {
    status: 404,
    title: 'Workspace not found',
    retryable: false,
    cause: 'The workspace does not exist, or this key or session has no access to it.',
    remedy: 'Check the `Talktime-Workspace` header, or ask for an invitation.',
  },
  member_not_found: {
    status: 404,
    title: 'Member not found',
    retryable: false,
    cause: 'The workspace has no member with this id.',
    remedy: '`GET /v1/members` lists the members.',
  },
  invitation_not_found: {
    status: 404,
    title: 'Invitation not found',
    retryable: false,
    cause: 'The invitation was used or withdrawn, has expired, or never existed.',
    remedy: 'Ask for a new invitation.',
  },
  invitation_for_other_address: {
    status: 403,
    title: 'The invitation is for another email address',
    retryable: false,
    cause:
      'An invitation is good for the invited address alone, and the person who accepts it has another one.',
    remedy: 'Sign in with the invited address, or ask for an invitation to your own.',
  },
  key_not_found: {
    status: 404,
    title: 'API key not found',
    retryable: false,
    cause: 'The workspace has no such key, or the key is already revoked.',
    remedy: '`GET /v1/keys` lists the keys.',
  },
  email_taken: {
    status: 409,
    title: 'An account with this email address already exists',
    retryable: false,
    cause: 'Someone signed up with this email address before.',
    remedy: 'Sign in, or use another address.',
  },
  already_member: {
    status: 409,
    title: 'This person is already a member',
    retryable: false,
    cause:
      'The invited email address, or the user who accepts the invitation, belongs to a member of the workspace.',
    remedy: 'Nothing to do. Change the member’s role with `PATCH /v1/members/{userId}`.',
  },
  last_owner: {
    status: 409,
    title: 'A workspace keeps at least one owner',
    retryable: false,
    cause: 'The change would leave the workspace without an owner.',
    remedy: 'Make another member an owner first.',
  },
  limit_reached: {
    status: 403,
    title: 'The plan’s member limit is reached',
    retryable: false,
    cause: 'The plan includes no further member. Open invitations count.',
    remedy: 'Remove a member, withdraw an invitation, or change to a larger plan.',
  },
})
