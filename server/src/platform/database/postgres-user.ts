import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StartProblem } from '../start-problem.ts'

/** A command line, and the user it runs as (left out: the user of this process). */
export type Command = {
  readonly command: string
  readonly args: readonly string[]
  readonly uid?: number
  readonly gid?: number
}

export type SystemUser = { readonly uid: number; readonly gid: number }

/**
 * The user PostgreSQL runs as. PostgreSQL refuses to run as root, so root hands it to the system user `postgres`,
 * which is made when it is missing. Everybody else runs it as themselves: undefined.
 */
export function postgresUser(): SystemUser | undefined {
  if (process.geteuid?.() !== 0) return undefined
  const existing = lookUp()
  if (existing) return existing
  const made = spawnSync('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/bin/false',
    name,
  ])
  const user = lookUp()
  if (user) return user
  const why = made.error?.message ?? made.stderr.toString().trim()
  throw new StartProblem(
    `PostgreSQL does not run as root, and the user "${name}" could not be made for it (${why}). ` +
      'Start Talktime as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
  )
}

const name = 'postgres'

function lookUp(): SystemUser | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const found = spawnSync('id', [flag, name])
    return found.status === 0 ? Number(found.stdout.toString()) : undefined
  })
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}

/**
 * The command line that runs a program of PostgreSQL as `user`. Where that user may not enter a folder on the way
 * to `paths` (a checkout below /root, a temporary folder of root's) the program keeps one power of root's, passing
 * by file permissions, and nothing else.
 */
export function asUser(
  user: SystemUser | undefined,
  paths: readonly string[],
  command: string,
  args: string[],
): Command {
  if (!user) return { command, args }
  const closed = paths.map((path) => closedFolder(path, user)).find((folder) => folder !== undefined)
  if (closed === undefined) return { command, args, ...user }
  if (spawnSync('setpriv', ['--version']).status !== 0) {
    throw new StartProblem(
      `PostgreSQL does not run as root, and its user "${name}" may not enter ${closed}. ` +
        'Open that folder to other users, start Talktime as an ordinary user, or set DATABASE_URL.',
    )
  }
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups']
  const power = [
    // Without it the power holds for opening files, and not for asking whether they can be opened.
    '--securebits=+no_setuid_fixup',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
    '--bounding-set=-all,+dac_override',
  ]
  return { command: 'setpriv', args: [...identity, ...power, '--', command, ...args] }
}

/** The first folder on the way to `path` that `user` may not enter. */
function closedFolder(path: string, user: SystemUser): string | undefined {
  const above = dirname(path)
  const higher = above === path ? undefined : closedFolder(above, user)
  if (higher !== undefined) return higher
  const { uid, gid, mode } = statSync(above)
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
  return mode & bit ? undefined : above
}
