import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import type { Logger } from '../log.ts'
import type { MailSettings } from './mail-settings.ts'

export type Mail = {
  /** The delivery's public id. It names the mail's file and identifies a mail that is sent twice. */
  readonly id: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly atMs: number
}

/** Sends mails. */
export type Mailer = {
  /** Sends a mail. Throws {@link MailRefused} if the mail server refused it for good, another error if it may be tried again. */
  send(mail: Mail): Promise<void>
}

/** The mail server refused the mail or its address for good. The message is the server's answer. */
export class MailRefused extends Error {
  override name = 'MailRefused'
}

/** How long a mail server may stay silent. */
const SILENCE_MS_MAX = 15_000

/** Creates a mailer that sends through the mail server of the settings. Without one, it writes mails to files for the operator. */
export function createMailer(deps: {
  readonly settings: MailSettings
  /** The folder for mails if there is no mail server. */
  readonly folder: string
  /** The origin of the dashboard; its host is part of message ids. */
  readonly origin: string
  readonly log: Logger
}): Mailer {
  const { settings, folder, origin, log } = deps
  const composeMessage = ({ id, to, atMs, ...content }: Mail) => ({
    ...content,
    from: settings.from,
    to: [...to],
    date: new Date(atMs),
    // A mail that arrives twice has one message id.
    messageId: `<${id}@${new URL(origin).hostname}>`,
    // Keeps out-of-office replies from answering (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
  })
  if (settings.smtpUrl === undefined) return createFileMailer(folder, log, composeMessage)
  const smtp = createTransport({
    url: settings.smtpUrl,
    connectionTimeout: SILENCE_MS_MAX,
    greetingTimeout: SILENCE_MS_MAX,
    socketTimeout: SILENCE_MS_MAX,
  })
  return {
    async send(mail) {
      await smtp.sendMail(composeMessage(mail)).catch((error: unknown) => {
        throw isPermanentRefusal(error) ? new MailRefused(readAnswer(error), { cause: error }) : error
      })
    },
  }
}

/** What nodemailer adds to the error for an SMTP answer: its code, its text and the command that was answered. */
type RefusedAnswer = { readonly responseCode: number; readonly response: string; readonly command: string }

/**
 * Whether an error is a permanent refusal: a 5xx answer to the recipient or the message (RFC 5321, 4.2.1). A 5xx answer to
 * the connection, the sign-in or the sender is about this server's settings. Somebody will correct them, so the mail is
 * tried again.
 */
function isPermanentRefusal(error: unknown): error is RefusedAnswer {
  const { responseCode, response, command } = error as Partial<RefusedAnswer>
  const isRefused = responseCode !== undefined && responseCode >= 500 && responseCode < 600
  return isRefused && response !== undefined && (command === 'RCPT TO' || command === 'DATA')
}

const ANSWER_LENGTH_MAX = 300

/** Returns an SMTP answer on one line. An answer may have several lines, each with the code before it. */
function readAnswer({ response }: RefusedAnswer): string {
  const [first = '', ...more] = response.split(/\r?\n/)
  const answer = [first, ...more.map((line) => line.replace(/^\d{3}[ -]/, ''))].join(' ').trim()
  return answer.length > ANSWER_LENGTH_MAX ? `${answer.slice(0, ANSWER_LENGTH_MAX)}…` : answer
}

function createFileMailer(folder: string, log: Logger, composeMessage: (mail: Mail) => object): Mailer {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  let isLogged = false
  return {
    async send(mail) {
      const { message } = await composer.sendMail(composeMessage(mail))
      if (!Buffer.isBuffer(message)) throw new TypeError('A mail that is composed into memory is a buffer')
      // Mails name customers and what they pay. Only the operator may read them.
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await chmod(folder, 0o700)
      const path = join(folder, `${mail.id}.eml`)
      await writeFile(`${path}.part`, message, { mode: 0o600 })
      await rename(`${path}.part`, path)
      if (!isLogged) log.info(`Mails are written to ${folder}, because TALKTIME_SMTP_URL is not set.`)
      isLogged = true
    },
  }
}
