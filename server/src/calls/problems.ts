import { problemTypes } from '../platform/problem.ts'

/** Problem types of this room. */
export const callProblems = problemTypes({
  call_not_found: {
    status: 404,
    title: 'Call not found',
    retryable: false,
    cause: 'The workspace has no call with this id or external id.',
    remedy: 'Check the id. `GET /v1/calls` lists the calls.',
  },
  call_refused: {
    status: 409,
    title: 'The call was refused',
    retryable: false,
    cause: 'The call was refused when it was authorized, so it cannot be answered.',
    remedy: 'End the call at the voice stack. Nothing is charged.',
  },
  call_not_open: {
    status: 409,
    title: 'The call is over or was refused',
    retryable: false,
    cause: 'A call token was requested for a call that has ended or was refused.',
    remedy: 'Request the token while the call is ringing or in conversation.',
  },
})
