import { Command, Option } from 'commander'
import { accessProblems, createKey, requireWorkspace } from '../access/index.ts'
import { Problem } from '../platform/problem.ts'

import { parseName, parseWorkspaceId } from './option-values.ts'
import { withDatabase } from './with-database.ts'

type CreateOptions = { readonly operator?: boolean; readonly workspace?: string; readonly name: string }

/** `talktime key create` */
export function keyCommand(): Command {
  const create: Command = new Command('create')
    .description('create an API key and print it; it is shown only this once')
    .addOption(new Option('--operator', 'a key that acts in every workspace').conflicts('workspace'))
    .option('--workspace <id>', 'a key that acts in this workspace', parseWorkspaceId)
    .option('--name <name>', 'its name in the list of keys', parseName, 'Command line')
    .action(async (options: CreateOptions) => {
      if (options.operator !== true && options.workspace === undefined) {
        create.error('error: name the owner of the key: --operator or --workspace <id>')
      }
      try {
        console.log(await createKeyFor(options))
      } catch (error) {
        if (!(error instanceof Problem && error.type === accessProblems.workspace_not_found)) throw error
        create.error(`error: option '--workspace <id>' is invalid. ${error.detail}`)
      }
    })
  return new Command('key').description('API keys').helpCommand(false).addCommand(create)
}

function createKeyFor({ workspace, name }: CreateOptions): Promise<string> {
  return withDatabase(async ({ database, nowMs }) => {
    if (workspace !== undefined) await requireWorkspace(database, workspace)
    const { key } = await createKey(database, { name, workspaceId: workspace ?? null }, nowMs)
    return key
  })
}
