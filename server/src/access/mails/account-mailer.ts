import { setTimeout as pause } from 'node:timers/promises'
import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import type { FastifyBaseLogger } from 'fastify'
import type { Clock } from '../../platform/clock.ts'
import { newUuid } from '../../platform/ids.ts'
import { renderMail } from '../../platform/mail/mail-layout.ts'
import { type Mailer, MailRefused } from '../../platform/mail/mailer.ts'
import { publicId } from '../../public-ids.ts'
import type { AccessLimits } from '../limits/limits.ts'
import { createQueue, QueueFull } from '../passwords/queue.ts'
import type { AccountMail, MailSender } from './account-mails.ts'

/** Composes a mail, or finds that there is none to send. */
type Compose = () => Promise<AccountMail | undefined> | AccountMail

/** Sends mails about accounts in the background: how long an answer takes does not reveal whether a mail is sent. */
export type AccountMailer = {
  readonly sender: MailSender
  /**
   * Sends the mail that `compose` returns, if it returns one. No address gets more than a few mails an hour. A mail that
   * the mail server does not accept is tried again for some minutes; then the person has to ask for it again. So must
   * they if too many mails are waiting.
   */
  send(compose: Compose): void
  /** Resolves when nothing is being sent. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** A mail server that is slow holds up other mails, not other requests. */
const QUEUE_LIMITS = { atOnceMax: 2, waitingMax: 200 }

const RETRIES_AFTER_MS = [5 * SECOND_MS, 30 * SECOND_MS, 3 * MINUTE_MS]

export function createAccountMailer(deps: {
  readonly mailer: Mailer
  readonly limits: Pick<AccessLimits, 'isAllowed'>
  readonly clock: Clock
  readonly sender: MailSender
  readonly log: FastifyBaseLogger
}): AccountMailer {
  const { mailer, limits, clock, sender, log } = deps
  const queue = createQueue(QUEUE_LIMITS)
  const closing = new AbortController()
  const running = new Set<Promise<void>>()

  async function deliver({ to, title, ...content }: AccountMail): Promise<void> {
    const atMs = clock.now()
    const mail = {
      id: publicId('mail', newUuid(atMs)),
      to: [to],
      subject: title,
      ...renderMail({ caption: sender.serviceName, title, ...content }),
      atMs,
    }
    for (const retryAfterMs of [...RETRIES_AFTER_MS, undefined]) {
      try {
        await queue.run(() => mailer.send(mail))
        return
      } catch (error) {
        if (error instanceof MailRefused || error instanceof QueueFull || retryAfterMs === undefined)
          throw error
        await pause(retryAfterMs, undefined, { signal: closing.signal, ref: false })
      }
    }
  }

  async function composeAndDeliver(compose: Compose): Promise<void> {
    const mail = await queue.run(async () => compose())
    if (mail === undefined || !(await limits.isAllowed({ kind: 'mailToAddress', name: mail.to }))) return
    await deliver(mail)
  }

  return {
    sender,
    send(compose) {
      const sending = composeAndDeliver(compose)
        .catch((error: unknown) => {
          if (!closing.signal.aborted) log.error({ err: error }, 'A mail about an account was not sent')
        })
        .finally(() => running.delete(sending))
      running.add(sending)
    },
    async idle() {
      await Promise.all(running)
    },
    async close() {
      closing.abort()
      await Promise.all(running)
    },
  }
}
