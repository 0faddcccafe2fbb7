import { Command, Option } from 'commander'
import { accessProblems, createKey } from '../access/index.ts'
import { Problem } from '../platform/problem.ts'
import { requireWorkspace } from '../workspaces/index.ts'
import { nameValue, workspaceValue } from './option-values.ts'
import { withDatabase } from './with-database.ts'

type CreateOptions = { readonly operator?: boolean; readonly workspace?: string; readonly name: string }

/** `talktime key create` */
export function keyCommand(): Command {
  const create: Command = new Command('create')
    .description('make an API key; prints it, the only time that it is shown')
    .addOption(new Option('--operator', 'a key that acts in every workspace').conflicts('workspace'))
    .option('--workspace <id>', 'a key that acts in this workspace', workspaceValue)
    .option('--name <name>', 'what it is called in the list of keys', nameValue, 'Command line')
    .action(async (options: CreateOptions) => {
      if (options.operator !== true && options.workspace === undefined) {
        create.error('error: say whose key it is: --operator or --workspace <id>')
      }
      try {
        console.log(await createAndShow(options))
      } catch (error) {
        if (!(error instanceof Problem && error.type === accessProblems.workspace_not_found)) throw error
        create.error(`error: option '--workspace <id>' is invalid. ${error.detail}`)
      }
    })
  return new Command('key').description('API keys').helpCommand(false).addCommand(create)
}

function createAndShow({ workspace, name }: CreateOptions): Promise<string> {
  return withDatabase(async ({ database, nowMs }) => {
    if (workspace !== undefined) await requireWorkspace(database, workspace)
    const { key } = await createKey(database, { name, workspaceId: workspace ?? null }, nowMs)
    return key
  })
}
