import { instantOf } from '../../platform/http/instant.ts'
import { MailRefused } from '../../platform/mail/mailer.ts'
import type { DelivererDeps } from '../deps.ts'
import { renderAlertEmail } from './alert-email.ts'
import type { MailTask } from './claim-deliveries-store.ts'
import { recordDelivered, recordFailed } from './delivery-store.ts'
import { decideNextTryMs } from './retry-schedule.ts'

type DeliveryDeps = Pick<DelivererDeps, 'database' | 'clock' | 'mailer' | 'origin' | 'serviceName' | 'log'>

/** Mails an alert to a person and records the result. */
export async function sendMail(deps: DeliveryDeps, task: MailTask): Promise<void> {
  const { database, clock, mailer, origin, serviceName } = deps
  const { to } = task
  const startedMs = performance.now()
  const result = () => ({
    atMs: clock.now(),
    responseStatus: null,
    durationMs: Math.round(performance.now() - startedMs),
  })
  if (to === null) {
    await recordFailed(database, task, { ...result(), error: 'This person is no longer a member.' }, null)
    return
  }
  try {
    await mailer.send(renderAlertEmail(task, to, { origin, serviceName }))
  } catch (error) {
    return recordFailure(deps, task, result(), error)
  }
  await recordDelivered(database, task, result())
}

async function recordFailure(
  { database, log }: DeliveryDeps,
  task: MailTask,
  result: { readonly atMs: number; readonly responseStatus: null; readonly durationMs: number },
  error: unknown,
): Promise<void> {
  const nextMs =
    error instanceof MailRefused ? null : decideNextTryMs({ ...task, channel: 'mail' }, result.atMs)
  await recordFailed(database, task, { ...result, error: describeFailure(error) }, nextMs)
  const then = nextMs === null ? 'it is not tried again' : `it is tried again at ${instantOf(nextMs)}`
  // The log is the operator's, so it may have the whole error with addresses and servers.
  log.error({ err: error, alert: task.alertId }, `Mailing an alert failed; ${then}`)
}

/** Describes a failure to customers. They learn why their address was refused, and nothing else about the mail server. */
function describeFailure(error: unknown): string {
  if (error instanceof MailRefused) return `The mail server refused it for good: “${error.message}”`
  const { responseCode } = error as { responseCode?: number }
  if (responseCode === undefined) return 'The mail server could not be reached.'
  return `The mail server did not accept it (${responseCode}).`
}
