import { Command } from 'commander'
import { recordAudit, resealSecondFactors } from '../access/index.ts'
import { resealWebhookSecrets } from '../alerts/index.ts'
import { requireSecret } from '../config.ts'
import { resealKeys } from '../llm/index.ts'
import { print } from './print.ts'
import { withDatabase } from './with-database.ts'

/** What is stored encrypted with TALKTIME_SECRET, and the function that re-encrypts it. */
const SEALED_VALUES = [
  ['LLM key', resealKeys],
  ['webhook secret', resealWebhookSecrets],
  ['second factor', resealSecondFactors],
] as const

/** `talktime secrets rotate` */
export function secretsCommand(): Command {
  const rotate = new Command('rotate')
    .description(
      're-encrypt stored secrets after TALKTIME_SECRET was changed; set TALKTIME_SECRET_PREVIOUS to the old one',
    )
    .action(async () => {
      const { lines, unreadable } = await rotateAll()
      for (const line of lines) await print(line)
      if (unreadable) process.exitCode = 1
    })
  return new Command('secrets')
    .description('secrets that are stored encrypted')
    .helpCommand(false)
    .addCommand(rotate)
}

function rotateAll(): Promise<{ lines: string[]; unreadable: boolean }> {
  return withDatabase(async ({ database, config: settings, nowMs }) => {
    const config = await requireSecret(settings)
    const lines: string[] = []
    const counts: Record<string, number> = {}
    let unreadable = false
    for (const [what, reseal] of SEALED_VALUES) {
      const result = await reseal(database, config)
      unreadable ||= result.unreadable.length > 0
      lines.push(
        ...result.unreadable.map(
          (which) => `The ${what} of ${which} cannot be decrypted with either secret.`,
        ),
      )
      counts[`${what}s`] = result.count
      const count = result.count.toLocaleString('en-US')
      lines.push(`${count} ${what}${result.count === 1 ? ' is' : 's are'} encrypted with the current secret.`)
    }
    await database.transaction((tx) =>
      recordAudit(tx, {
        workspaceId: null,
        actor: 'command_line',
        action: 'secrets.rotated',
        target: { kind: 'secrets', id: 'TALKTIME_SECRET' },
        after: counts,
        atMs: nowMs,
      }),
    )
    return { lines, unreadable }
  })
}
