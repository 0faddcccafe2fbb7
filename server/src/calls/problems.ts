import { problemTypes } from '../platform/problem.ts'

/** What can go wrong for a caller of this room. */
export const callProblems = problemTypes({
  call_not_found: { status: 404, title: 'There is no such call', retryable: false },
  call_refused: { status: 409, title: 'The call was refused', retryable: false },
  call_not_open: { status: 409, title: 'The call is over, or was refused', retryable: false },
})
