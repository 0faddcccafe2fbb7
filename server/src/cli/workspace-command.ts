import { Command } from 'commander'
import { type AuditSource, requireWorkspace } from '../access/index.ts'
import { hangUpForSuspension } from '../calls/index.ts'
import type { Change } from '../ledger/index.ts'
import { requireSubscription } from '../plans/index.ts'
import { Problem } from '../platform/problem.ts'
import { publicId } from '../public-ids.ts'
import { openQuietRooms } from '../quiet-rooms.ts'
import { createWorkspace, resumeWorkspace, suspendWorkspace, workspaceResponse } from '../workspaces/index.ts'
import { parseName, parseReason, parseTimeZone, parseWorkspaceId } from './option-values.ts'
import { print } from './print.ts'
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
        await print(await createAndDescribe(options))
      } catch (error) {
        if (!isAbout(error, '/planId')) throw error
        create.error(`error: option '--plan <id>' argument '${options.plan}' is invalid. ${error.detail}`)
      }
    })
  return new Command('workspace')
    .description('the operator’s customers')
    .helpCommand(false)
    .addCommand(create)
    .addCommand(suspendCommand())
    .addCommand(resumeCommand())
}

const COMMAND_LINE: AuditSource = { actor: 'command_line' }

type SuspendOptions = { readonly reason: string; readonly endCalls?: boolean }

/** `talktime workspace suspend` */
function suspendCommand(): Command {
  return new Command('suspend')
    .description('refuse a workspace’s new calls and pause its campaigns; its live calls go on')
    .argument('<id>', 'the id of the workspace', parseWorkspaceId)
    .requiredOption('--reason <reason>', 'why; the people of the workspace read it', parseReason)
    .option('--end-calls', 'order the hang-up of its live calls too')
    .action((workspaceId: string, { reason, endCalls = false }: SuspendOptions) =>
      changeStatus(workspaceId, (change) =>
        suspendWorkspace({ hangUpForSuspension }, change, { reason, endCalls }, COMMAND_LINE),
      ),
    )
}

/** `talktime workspace resume` */
function resumeCommand(): Command {
  return new Command('resume')
    .description('let a suspended workspace act again; its campaigns stay paused')
    .argument('<id>', 'the id of the workspace', parseWorkspaceId)
    .requiredOption('--reason <reason>', 'why; the people of the workspace read it', parseReason)
    .action((workspaceId: string, { reason }: { readonly reason: string }) =>
      changeStatus(workspaceId, (change) =>
        resumeWorkspace({ hangUpForSuspension }, change, reason, COMMAND_LINE),
      ),
    )
}

function changeStatus(workspaceId: string, work: (change: Change) => Promise<unknown>): Promise<void> {
  return withDatabase(async ({ database, log, clock }) => {
    const { ledger, engine } = openQuietRooms({ database, log, clock })
    await ledger.changeWorkspace(workspaceId, work).finally(() => engine.close())
  })
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
