import { Command } from 'commander'
import { requireWorkspace } from '../access/index.ts'
import { requireSubscription } from '../plans/index.ts'
import { Problem } from '../platform/problem.ts'
import { publicId } from '../public-ids.ts'
import { createWorkspace, workspaceResponse } from '../workspaces/index.ts'
import { parseName, parseTimeZone } from './option-values.ts'
import { withDatabase } from './with-database.ts'

type CreateOptions = {
  readonly name: string
  readonly timeZone: string
  readonly plan: string
  readonly json?: boolean
}

/** `talktime workspace create` */
export function workspaceCommand(): Command {
  const create: Command = new Command('create')
    .description('create a workspace and print its id')
    .requiredOption('--name <name>', 'its name', parseName)
    .option('--time-zone <zone>', 'the time zone of its days and billing cycles', parseTimeZone, 'UTC')
    .option('--plan <id>', 'the id of its plan in the catalog', 'free')
    .option('--json', 'print the whole workspace in the form of the API')
    .action(async (options: CreateOptions) => {
      try {
        console.log(await createAndDescribe(options))
      } catch (error) {
        if (!isAbout(error, '/planId')) throw error
        create.error(`error: option '--plan <id>' argument '${options.plan}' is invalid. ${error.detail}`)
      }
    })
  return new Command('workspace')
    .description('the operator’s customers')
    .helpCommand(false)
    .addCommand(create)
}

function isAbout(error: unknown, pointer: string): error is Problem {
  return error instanceof Problem && error.errors.some((part) => part.pointer === pointer)
}

function createAndDescribe({ name, timeZone, plan, json }: CreateOptions): Promise<string> {
  return withDatabase(async ({ database, nowMs }) => {
    const id = await database.transaction((tx) =>
      createWorkspace(tx, { name, timeZone, planId: plan, by: { actor: 'command_line' } }, nowMs),
    )
    if (json !== true) return publicId('workspace', id)
    const [row, subscription] = await Promise.all([
      requireWorkspace(database, id),
      requireSubscription(database, id),
    ])
    return JSON.stringify(workspaceResponse(row, subscription, 'operator'), null, 2)
  })
}
