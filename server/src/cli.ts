import { Command, CommanderError } from 'commander'
import { catalogueCommand } from './cli/catalogue-command.ts'
import { demoCommand } from './cli/demo-command.ts'
import { keyCommand } from './cli/key-command.ts'
import { mailsCommand } from './cli/mails-command.ts'
import { secretsCommand } from './cli/secrets-command.ts'
import { verifyCommand } from './cli/verify-command.ts'
import { workspaceCommand } from './cli/workspace-command.ts'
import { Problem } from './platform/problem.ts'
import { StartProblem } from './platform/start-problem.ts'

// The command line: `npm run talktime -- COMMAND`. Standard output has the result and nothing else.

/** Exit codes: what was typed is wrong; or it could not be done, or `verify` found differences. */
const usageExit = 2
const failureExit = 1

const program = new Command('talktime')
  .description(
    'Prepaid credits for voice agents. The commands work beside a running server, and without one.',
  )
  .helpCommand(false)
  .addCommand(workspaceCommand())
  .addCommand(keyCommand())
  .addCommand(verifyCommand())
  .addCommand(secretsCommand())
  .addCommand(catalogueCommand())
  .addCommand(demoCommand())
  .addCommand(mailsCommand())
  .addHelpText(
    'after',
    '\nSettings come from the environment, as for the server: DATABASE_URL, TALKTIME_DATA_DIR.',
  )
for (const command of everyCommand(program)) {
  command.exitOverride().showHelpAfterError('(add --help for what there is)')
}

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}

/** Says what is wrong, unless it was said already. Returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExit
  if (error instanceof Problem) console.error(`error: ${error.detail}`)
  else console.error(error instanceof StartProblem ? error.message : error)
  return failureExit
}
