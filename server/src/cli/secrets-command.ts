import { Command } from 'commander'
import { resealWebhookSecrets } from '../alerts/index.ts'
import { resealKeys } from '../llm/index.ts'
import { withDatabase } from './with-database.ts'

/** Everything that is stored encrypted under TALKTIME_SECRET. */
const stored = [
  ['LLM key', resealKeys],
  ['webhook secret', resealWebhookSecrets],
] as const

/** `talktime secrets rotate` */
export function secretsCommand(): Command {
  const rotate = new Command('rotate')
    .description(
      'encrypt what is stored under TALKTIME_SECRET anew, after it was changed: TALKTIME_SECRET_PREVIOUS is the one before',
    )
    .action(async () => {
      const { lines, unreadable } = await rotateAll()
      for (const line of lines) console.log(line)
      if (unreadable) process.exitCode = 1
    })
  return new Command('secrets').description('what is stored encrypted').helpCommand(false).addCommand(rotate)
}

function rotateAll(): Promise<{ lines: string[]; unreadable: boolean }> {
  return withDatabase(async ({ database, config }) => {
    const lines: string[] = []
    let unreadable = false
    for (const [what, renew] of stored) {
      const result = await renew(database, config)
      unreadable ||= result.unreadable.length > 0
      lines.push(...result.unreadable.map((which) => `Neither secret opens the ${what} of ${which}.`))
      const count = result.count.toLocaleString('en-US')
      lines.push(
        `${count} ${what}${result.count === 1 ? ' is' : 's are'} encrypted under the present secret.`,
      )
    }
    return { lines, unreadable }
  })
}
