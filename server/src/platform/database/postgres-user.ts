import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StartProblem } from '../start-problem.ts'

const USER_NAME = 'postgres'

/** A command line, and the user that runs it; without one: the user of this process. */
export type Command = {
  readonly command: string
  readonly args: readonly string[]
  readonly uid?: number
  readonly gid?: number
}

export type SystemUser = { readonly uid: number; readonly gid: number }

/**
 * Finds the user that runs PostgreSQL. PostgreSQL refuses to run as root, so root runs it as the system user `postgres`,
 * which is created if it is missing. Any other user runs it as themselves: undefined.
 *
 * @throws StartProblem if the user cannot be created
 */
export function findPostgresUser(): SystemUser | undefined {
  if (process.geteuid?.() !== 0) return undefined
  const existing = lookUp()
  if (existing) return existing
  const made = spawnSync('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/bin/false',
    USER_NAME,
  ])
  const user = lookUp()
  if (user) return user
  const why = made.error?.message ?? made.stderr.toString().trim()
  throw new StartProblem(
    `PostgreSQL does not run as root, and the user "${USER_NAME}" could not be created for it (${why}). ` +
      'Start Talktime as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
  )
}

function lookUp(): SystemUser | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const found = spawnSync('id', [flag, USER_NAME])
    return found.status === 0 ? Number(found.stdout.toString()) : undefined
  })
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}

/**
 * Builds the command line that runs a program of PostgreSQL as `user`. If that user cannot enter a folder on the way to
 * `paths`, such as a checkout below /root, the program keeps one capability of root: bypassing file permissions.
 *
 * @throws StartProblem if a folder is closed to the user and the system has no `setpriv`
 */
export function commandAsUser(
  user: SystemUser | undefined,
  paths: readonly string[],
  command: string,
  args: string[],
): Command {
  if (!user) return { command, args }
  const closed = paths.map((path) => findClosedFolder(path, user)).find((folder) => folder !== undefined)
  if (closed === undefined) return { command, args, ...user }
  if (spawnSync('setpriv', ['--version']).status !== 0) {
    throw new StartProblem(
      `PostgreSQL does not run as root, and its user "${USER_NAME}" cannot enter ${closed}. ` +
        'Open that folder to other users, start Talktime as an ordinary user, or set DATABASE_URL.',
    )
  }
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups']
  const capability = [
    // Without it, the capability applies to opening files, but not to checks whether they can be opened.
    '--securebits=+no_setuid_fixup',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
    '--bounding-set=-all,+dac_override',
  ]
  return { command: 'setpriv', args: [...identity, ...capability, '--', command, ...args] }
}

/** Finds the first folder on the way to `path` that `user` cannot enter. */
function findClosedFolder(path: string, user: SystemUser): string | undefined {
  const parent = dirname(path)
  const higher = parent === path ? undefined : findClosedFolder(parent, user)
  if (higher !== undefined) return higher
  const { uid, gid, mode } = statSync(parent)
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
  return mode & bit ? undefined : parent
}
