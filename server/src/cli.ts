import { Command, CommanderError } from 'commander'
import { accountCommand } from './cli/account-command.ts'
import { auditCommand } from './cli/audit-command.ts'
import { backupCommand } from './cli/backup-command.ts'
import { catalogCommand } from './cli/catalog-command.ts'
import { demoCommand } from './cli/demo-command.ts'
import { keyCommand } from './cli/key-command.ts'
import { mailsCommand } from './cli/mails-command.ts'
import { PrintProblem } from './cli/print.ts'
import { restoreCommand } from './cli/restore-command.ts'
import { secretsCommand } from './cli/secrets-command.ts'
import { verifyCommand } from './cli/verify-command.ts'
import { workspaceCommand } from './cli/workspace-command.ts'
import { readOwnVersion } from './platform/http/openapi.ts'
import { Problem } from './platform/problem.ts'
import { StartProblem } from './platform/start-problem.ts'

// The command line: `npm run talktime -- COMMAND`. Standard output holds the result and nothing else.

/** The exit code for a wrong command, option or argument. */
const USAGE_EXIT_CODE = 2
/** The exit code for a command that failed, and for `verify` if it found differences. */
const FAILURE_EXIT_CODE = 1

// A write that fails reports it to its caller. Without a listener, the event would end the process with a stack trace.
process.stdout.on('error', () => {})

const program = new Command('talktime')
  .description('Prepaid credits for voice agents. The commands work with or without a running server.')
  .version(await readOwnVersion(), '--version', 'print the version')
  .helpCommand(false)
  .addCommand(workspaceCommand())
  .addCommand(keyCommand())
  .addCommand(accountCommand())
  .addCommand(auditCommand())
  .addCommand(verifyCommand())
  .addCommand(secretsCommand())
  .addCommand(backupCommand())
  .addCommand(restoreCommand())
  .addCommand(catalogCommand('catalog'))
  .addCommand(catalogCommand('catalogue'), { hidden: true })
  .addCommand(demoCommand())
  .addCommand(mailsCommand())
  .addHelpText(
    'after',
    '\nSettings come from the environment, as they do for the server: DATABASE_URL, TALKTIME_DATA_DIR.',
  )
for (const command of everyCommand(program)) {
  command.exitOverride().showHelpAfterError('(add --help for a list of commands and options)')
}

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}

/** Prints an error, unless commander has printed it already. Returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_EXIT_CODE
  if (error instanceof PrintProblem && error.isClosed) return FAILURE_EXIT_CODE
  if (error instanceof Problem) console.error(`error: ${error.detail}`)
  else console.error(error instanceof StartProblem ? error.message : error)
  return FAILURE_EXIT_CODE
}
