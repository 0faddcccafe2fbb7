import { assertNever } from '@talktime/core/exhaustive'
import { Command } from 'commander'
import { removeSecondFactor } from '../access/index.ts'
import { StartProblem } from '../platform/start-problem.ts'
import { parseEmail } from './option-values.ts'
import { print } from './print.ts'
import { withDatabase } from './with-database.ts'

/** `talktime account` */
export function accountCommand(): Command {
  return new Command('account')
    .description('people’s accounts')
    .helpCommand(false)
    .addCommand(removeSecondFactorCommand())
}

/** `talktime account remove-second-factor` */
function removeSecondFactorCommand(): Command {
  return new Command('remove-second-factor')
    .description(
      'remove the second factor of a person who lost it, with its recovery codes; ends all their sessions',
    )
    .argument('<email>', 'the address with which the person signs in', parseEmail)
    .action(async (email: string) => print(await removeAndDescribe(email)))
}

async function removeAndDescribe(email: string): Promise<string> {
  const removal = await withDatabase(({ database, nowMs }) =>
    database.transaction((tx) =>
      removeSecondFactor(tx, email, { by: { actor: 'command_line' }, atMs: nowMs }),
    ),
  )
  switch (removal.outcome) {
    case 'no_account':
      throw new StartProblem(
        `There is no account with the address ${email}. Give the one with which the person signs in.`,
      )
    case 'off':
      throw new StartProblem(
        `The second factor of ${email} is off. There is nothing to remove: signing in takes the password alone.`,
      )
    case 'removed':
      return (
        `Removed the second factor of ${email} with its recovery codes, and ended ${countSessions(removal.sessionsEnded)}. ` +
        'Signing in takes the password alone now.'
      )
    default:
      return assertNever(removal)
  }
}

function countSessions(count: number): string {
  if (count === 0) return 'no session'
  return count === 1 ? '1 session' : `${count.toLocaleString('en-US')} sessions`
}
