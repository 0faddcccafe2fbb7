import { instantOf } from '../../platform/http/instant.ts'
import type { DelivererDeps } from '../deps.ts'
import { renderAlertEmail } from './alert-email.ts'
import type { MailTask } from './claim-deliveries.ts'
import { recordDelivered, recordFailed } from './delivery-store.ts'
import { MailRefused } from './mail.ts'
import { nextTryAtMs } from './retry-schedule.ts'

type DeliveryDeps = Pick<DelivererDeps, 'database' | 'clock' | 'mailer' | 'origin' | 'serviceName' | 'log'>

/** Mails an alert to a person and keeps how that went. */
export async function sendMail(around: DeliveryDeps, task: MailTask): Promise<void> {
  const { database, clock, mailer, origin, serviceName } = around
  const { to } = task
  const begun = performance.now()
  const result = () => ({
    atMs: clock.now(),
    responseStatus: null,
    durationMs: Math.round(performance.now() - begun),
  })
  if (to === null) {
    await recordFailed(database, task, { ...result(), error: 'This person is no member any more.' }, null)
    return
  }
  try {
    await mailer.send(renderAlertEmail(task, to, { origin, serviceName }))
  } catch (error) {
    return fail(around, task, result(), error)
  }
  await recordDelivered(database, task, result())
}

async function fail(
  { database, log }: DeliveryDeps,
  task: MailTask,
  result: { readonly atMs: number; readonly responseStatus: null; readonly durationMs: number },
  error: unknown,
): Promise<void> {
  const next = error instanceof MailRefused ? null : nextTryAtMs({ ...task, channel: 'mail' }, result.atMs)
  await recordFailed(database, task, { ...result, error: sentenceFor(error) }, next)
  const then = next === null ? 'it is not tried again' : `it is tried again at ${instantOf(next)}`
  // Addresses and mail servers are the operator's business, so the log has all of it.
  log.error({ err: error, alert: task.alertId }, `Mailing an alert failed; ${then}`)
}

/** What customers may see of it: why their address is refused is theirs to know, the rest says too much of the server. */
function sentenceFor(error: unknown): string {
  if (error instanceof MailRefused) return `The mail server refused it for good: “${error.message}”`
  const { responseCode } = error as { responseCode?: number }
  if (responseCode === undefined) return 'The mail server could not be reached.'
  return `The mail server did not take it (${responseCode}).`
}
