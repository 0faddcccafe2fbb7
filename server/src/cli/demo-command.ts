import { Command } from 'commander'
import { openAccess } from '../access/index.ts'
import { demoOwner, makeDemo, randomOwnerPassword } from '../demo/index.ts'
import { systemClock } from '../platform/clock.ts'
import { invariant } from '../platform/problem.ts'
import { publicId } from '../public-ids.ts'
import { type CommandContext, withDatabase } from './with-database.ts'

/** `talktime demo` */
export function demoCommand(): Command {
  return new Command('demo')
    .description('make a demo workspace with a year of calls, unless there is one')
    .action(async () => console.log(await withDatabase(make)))
}

async function make({ database, config, log }: CommandContext): Promise<string> {
  const access = await openAccess({ database, clock: systemClock, log, ...config })
  try {
    log.info('Making a demo workspace, if there is none …')
    const password = await randomOwnerPassword(config)
    const made = await makeDemo({
      database,
      accounts: access.accounts,
      clock: systemClock,
      config,
      log,
      password,
      signal: new AbortController().signal,
      onlyIfEmpty: false,
    })
    invariant(made.outcome !== 'not_empty', 'The demo was asked for beside other workspaces')
    const id = publicId('workspace', made.workspaceId)
    if (made.outcome === 'exists') {
      return `There is a demo workspace already: ${id}. How to sign in stands in the server’s welcome.`
    }
    return [
      `Made the demo workspace ${id} with ${made.calls.toLocaleString('en-US')} calls.`,
      `Sign in as ${demoOwner.email} with the password ${password}`,
      'A server started with TALKTIME_DEMO=on, which is the default, lets simulated calls go on in it.',
    ].join('\n')
  } finally {
    await access.close()
  }
}
