import { ownerEmails } from '../access/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { instantOf } from '../platform/http/amount.ts'
import type { Logger } from '../platform/log.ts'
import { letterOf } from './letter.ts'
import type { Mailer } from './mail.ts'
import { recordMailed, takeMailTask } from './store.ts'

export type AlertMailParts = {
  readonly database: Database
  readonly clock: Clock
  readonly mailer: Mailer
  /** The origin that links in mails begin with. */
  readonly origin: string
  readonly log: Logger
}

/**
 * Mails the alerts that are due to the owners of their workspaces, at most `limit`. What fails is tried again later, a
 * few times. As often as you like, also by several servers. Returns how many were tried.
 */
export async function mailAlerts(parts: AlertMailParts, limit = 20): Promise<number> {
  const { database, clock, mailer, origin, log } = parts
  for (let tried = 0; tried < limit; tried += 1) {
    const task = await takeMailTask(database, clock.now())
    if (task === undefined) return tried
    const to = await ownerEmails(database, task.workspaceId)
    try {
      if (to.length > 0) await mailer.send(letterOf(task, to, origin))
    } catch (error) {
      const next = task.nextMailAtMs
      const then = next === null ? 'it is not tried again' : `it is tried again at ${instantOf(next)}`
      log.error({ err: error, alert: task.id }, `Mailing an alert failed; ${then}`)
      continue
    }
    await recordMailed(database, task, to.length > 0 ? clock.now() : null)
  }
  return limit
}
