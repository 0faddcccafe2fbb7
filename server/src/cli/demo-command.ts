import { Command } from 'commander'
import { openAccess } from '../access/index.ts'
import { requireSecret } from '../config.ts'
import { createDemo, DEMO_OWNER, readRandomOwnerPassword } from '../demo/index.ts'
import { dashboardOrigin } from '../platform/origin.ts'
import { invariant } from '../platform/problem.ts'
import { publicId } from '../public-ids.ts'
import { print } from './print.ts'
import { type CommandContext, withDatabase } from './with-database.ts'

/** `talktime demo` */
export function demoCommand(): Command {
  return new Command('demo')
    .description('create a demo workspace with a year of calls, unless one exists')
    .action(async () => print(await withDatabase(runDemoCommand)))
}

async function runDemoCommand({ database, config: settings, log, clock }: CommandContext): Promise<string> {
  const config = await requireSecret(settings)
  const access = await openAccess({
    database,
    clock,
    log,
    secrets: config,
    publicUrl: config.publicUrl,
    serviceName: config.seller.name,
    mailer: { send: async () => {} },
    origin: dashboardOrigin(config),
    verifiesEmail: config.verifyEmail,
  })
  try {
    log.info('Creating a demo workspace, unless one exists …')
    const password = await readRandomOwnerPassword(config)
    const created = await createDemo({
      database,
      accounts: access.accounts,
      clock,
      config,
      log,
      password,
      signal: new AbortController().signal,
      onlyIfEmpty: false,
    })
    invariant(created.outcome !== 'not_empty', 'The command creates the demo beside other workspaces')
    const id = publicId('workspace', created.workspaceId)
    if (created.outcome === 'exists') {
      return `The demo workspace ${id} already exists. The server prints how to sign in when it starts.`
    }
    return [
      `Created the demo workspace ${id} with ${created.calls.toLocaleString('en-US')} calls.`,
      `Sign in as ${DEMO_OWNER.email} with the password ${password}`,
      'A server with TALKTIME_DEMO=on, the default, makes simulated calls in it.',
    ].join('\n')
  } finally {
    await access.close()
  }
}
