import { Command, Option } from 'commander'
import {
  accessProblems,
  createKey,
  describeCreatedKey,
  describeRevokedKey,
  findKeyOwner,
  type KeyRow,
  type KeyScope,
  keyResponse,
  listKeys,
  recordAudit,
  requireWorkspace,
  revokeKey,
} from '../access/index.ts'
import { instantOf } from '../platform/http/instant.ts'
import { Problem } from '../platform/problem.ts'
import {
  FUTURE_INSTANT,
  parseInstant,
  parseKeyId,
  parseName,
  parseScopes,
  parseWorkspaceId,
} from './option-values.ts'
import { print } from './print.ts'
import { type CommandContext, lookAtDatabase, withDatabase } from './with-database.ts'

type OwnerOptions = { readonly operator?: boolean; readonly workspace?: string }

type CreateOptions = OwnerOptions & {
  readonly name: string
  readonly scopes?: readonly KeyScope[]
  readonly expires?: number
}

const PAGE_MAX = 200

/** `talktime key` */
export function keyCommand(): Command {
  return new Command('key')
    .description('API keys')
    .helpCommand(false)
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand())
}

function createCommand(): Command {
  const create = withOwner(new Command('create'), 'a key that acts in')
    .description('create an API key and print it; it is shown only this once')
    .option('--name <name>', 'its name in the list of keys', parseName, 'Command line')
    .option('--scopes <scopes>', 'what it may do, separated by commas (default: everything)', parseScopes)
    .option('--expires <instant>', 'from when on it is refused (default: never)', parseInstant)
  return create.action(async (options: CreateOptions) => {
    requireOwner(create, options)
    await explainWorkspace(create, () =>
      withDatabase(async (context) => {
        requireFutureExpiry(create, options, context)
        await createAndPrintKey(context, options)
      }),
    )
  })
}

function listCommand(): Command {
  const list = withOwner(new Command('list'), 'the keys of')
    .description('list API keys that are not revoked, newest first')
    .option('--json', 'print them in the form of the API')
  return list.action(async (options: OwnerOptions & { readonly json?: boolean }) => {
    requireOwner(list, options)
    await explainWorkspace(list, async () => {
      const keys = await lookAtDatabase((context) => readKeys(context, options))
      if (options.json === true) await print(JSON.stringify(keys.map(keyResponse), null, 2))
      else for (const key of keys) await print(describeKey(key))
    })
  })
}

function revokeCommand(): Command {
  const revoke = new Command('revoke')
    .description('revoke an API key, of a workspace or the operator; it stops working at once')
    .argument('<id>', 'the id of the key, as "key list" prints it', parseKeyId)
  return revoke.action(async (keyId: string) => {
    try {
      await withDatabase((context) => revokeAnyKey(context, keyId))
    } catch (error) {
      if (!(error instanceof Problem && error.type === accessProblems.key_not_found)) throw error
      revoke.error(`error: argument '<id>' is invalid. ${error.detail}`)
    }
  })
}

function withOwner(command: Command, what: string): Command {
  return command
    .addOption(new Option('--operator', `${what} every workspace`).conflicts('workspace'))
    .option('--workspace <id>', `${what} this workspace`, parseWorkspaceId)
}

function requireOwner(command: Command, { operator, workspace }: OwnerOptions): void {
  if (operator === true || workspace !== undefined) return
  command.error('error: name the owner of the key: --operator or --workspace <id>')
}

function requireFutureExpiry(
  command: Command,
  { expires }: Pick<CreateOptions, 'expires'>,
  { nowMs }: Pick<CommandContext, 'nowMs'>,
): void {
  if (expires === undefined || expires > nowMs) return
  command.error(
    `error: option '--expires <instant>' argument '${instantOf(expires)}' is invalid. ${FUTURE_INSTANT}`,
  )
}

/** Runs the work of a command. Reports an unknown workspace as a wrong option. */
async function explainWorkspace(command: Command, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Problem && error.type === accessProblems.workspace_not_found)) throw error
    command.error(`error: option '--workspace <id>' is invalid. ${error.detail}`)
  }
}

/** Creates a key and prints it in one transaction: a key that could not be printed does not exist. */
async function createAndPrintKey({ database, nowMs }: CommandContext, options: CreateOptions): Promise<void> {
  const { workspace: workspaceId = null, name, scopes, expires: expiresAtMs } = options
  if (workspaceId !== null) await requireWorkspace(database, workspaceId)
  return database.transaction(async (tx) => {
    const { key, row } = await createKey(tx, { name, workspaceId, scopes, expiresAtMs }, nowMs)
    await recordAudit(tx, describeCreatedKey(row, { actor: 'command_line', workspaceId, atMs: nowMs }))
    await print(key)
  })
}

function revokeAnyKey({ database, nowMs }: CommandContext, keyId: string): Promise<void> {
  return database.transaction(async (tx) => {
    const workspaceId = await findKeyOwner(tx, keyId)
    const revoked = await revokeKey(tx, workspaceId, keyId, nowMs)
    await recordAudit(tx, describeRevokedKey(revoked, { actor: 'command_line', workspaceId, atMs: nowMs }))
  })
}

async function readKeys({ database }: CommandContext, { workspace }: OwnerOptions): Promise<KeyRow[]> {
  if (workspace !== undefined) await requireWorkspace(database, workspace)
  const keys: KeyRow[] = []
  for (let beforeId: string | undefined; ; beforeId = keys.at(-1)?.id) {
    const page = await listKeys(database, workspace ?? null, { beforeId, limit: PAGE_MAX })
    keys.push(...page)
    if (page.length < PAGE_MAX) return keys
  }
}

/** Describes a key in one line, with tabs between the columns. */
function describeKey(row: KeyRow): string {
  const { id, lastFour } = keyResponse(row)
  return [
    id,
    row.name,
    `…${lastFour}`,
    row.scopes?.join(',') ?? 'everything (from before scopes)',
    row.expiresAtMs === null ? 'never expires' : `expires ${instantOf(row.expiresAtMs)}`,
    row.lastUsedAtMs === null ? 'never used' : `last used ${instantOf(row.lastUsedAtMs)}`,
  ].join('\t')
}
