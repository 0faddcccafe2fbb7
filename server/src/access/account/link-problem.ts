import { Problem } from '../../platform/problem.ts'
import { accessProblems } from '../problems.ts'

/** The problem of a link whose token is used, expired or not ours. */
export function linkNotFound(): Problem {
  return new Problem(
    accessProblems.link_not_found,
    'This link was used, has expired or was replaced by a newer one. Ask for a new mail.',
  )
}
