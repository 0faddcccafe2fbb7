import { Command } from 'commander'
import { type AuditEntryResponse, readAuditLog, requireWorkspace } from '../access/index.ts'
import { parseWorkspaceId } from './option-values.ts'
import { print } from './print.ts'
import { lookAtDatabase } from './with-database.ts'

type AuditOptions = { readonly workspace?: string; readonly json?: boolean }

/** `talktime audit` */
export function auditCommand(): Command {
  return new Command('audit')
    .description('print the audit log, newest first: who did what, when, and from where')
    .option('--workspace <id>', 'the log of this workspace; left out: everything', parseWorkspaceId)
    .option('--json', 'one entry a line, in the form of the API')
    .action(({ workspace, json = false }: AuditOptions) => printAuditLog(workspace ?? null, json))
}

function printAuditLog(workspaceId: string | null, json: boolean): Promise<void> {
  return lookAtDatabase(async ({ database }) => {
    if (workspaceId !== null) await requireWorkspace(database, workspaceId)
    for await (const entry of readAuditLog(database, workspaceId)) {
      await print(json ? JSON.stringify(entry) : formatEntry(entry))
    }
  })
}

function formatEntry({ at, actor, action, target, before, after, ip }: AuditEntryResponse): string {
  const who = actor.email ?? actor.name ?? actor.id ?? actor.kind
  const where = ip === null ? '' : `from ${ip}`
  const states = [before && `before ${JSON.stringify(before)}`, after && `after ${JSON.stringify(after)}`]
  const line = [at, action, target.name ?? target.id, `by ${who}`, where, ...states]
    .filter(Boolean)
    .join('  ')
  // Names are chosen by customers, and a terminal obeys control characters.
  return line.replaceAll(/\p{Cc}/gu, ' ')
}
