import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import type { Logger } from '../../platform/log.ts'
import type { MailSettings } from '../settings.ts'

export type Mail = {
  /** Names the mail, also as a file: the same id is the same mail. */
  readonly id: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly atMs: number
}

/** How mails leave. */
export type Mailer = {
  /** Hands a mail over; throws where nobody took it, {@link MailRefused} where nobody will. */
  send(mail: Mail): Promise<void>
}

/** The mail server refused the mail or its address for good. The message is what it said. */
export class MailRefused extends Error {
  override name = 'MailRefused'
}

/** A mail server that says nothing for so long is given up. */
const silenceMsMax = 15_000

/** Sends through the mail server of the settings; without one, mails are files that the operator can read. */
export function createMailer(deps: {
  readonly settings: MailSettings
  /** Where mails are written where there is no mail server. */
  readonly folder: string
  /** The origin people see. */
  readonly origin: string
  readonly log: Logger
}): Mailer {
  const { settings, folder, origin, log } = deps
  const messageOf = ({ id, to, atMs, ...content }: Mail) => ({
    ...content,
    from: settings.from,
    to: [...to],
    date: new Date(atMs),
    // A mail that comes twice can be known by it.
    messageId: `<${id}@${new URL(origin).hostname}>`,
    // Absence notes need not answer it (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
  })
  if (settings.smtpUrl === undefined) return fileMailer(folder, log, messageOf)
  const smtp = createTransport({
    url: settings.smtpUrl,
    connectionTimeout: silenceMsMax,
    greetingTimeout: silenceMsMax,
    socketTimeout: silenceMsMax,
  })
  return {
    async send(mail) {
      await smtp.sendMail(messageOf(mail)).catch((error: unknown) => {
        throw isForGood(error) ? new MailRefused(wordsOf(error), { cause: error }) : error
      })
    },
  }
}

/** What nodemailer adds to the error of a mail server's answer: its code, its text and what was answered. */
type RefusedAnswer = { readonly responseCode: number; readonly response: string; readonly command: string }

/**
 * A 5xx answer to the recipient or the message stands (RFC 5321, 4.2.1). One to the connection, the sign-in or the
 * sender is about this server's settings, which somebody will mend: that is no reason to give the mail up.
 */
function isForGood(error: unknown): error is RefusedAnswer {
  const { responseCode, response, command } = error as Partial<RefusedAnswer>
  const isRefused = responseCode !== undefined && responseCode >= 500 && responseCode < 600
  return isRefused && response !== undefined && (command === 'RCPT TO' || command === 'DATA')
}

const wordsMax = 300

/** On one line: answers may have several, each with the code before it. */
function wordsOf({ response }: RefusedAnswer): string {
  const [first = '', ...more] = response.split(/\r?\n/)
  const words = [first, ...more.map((line) => line.replace(/^\d{3}[ -]/, ''))].join(' ').trim()
  return words.length > wordsMax ? `${words.slice(0, wordsMax)}…` : words
}

function fileMailer(folder: string, log: Logger, messageOf: (mail: Mail) => object): Mailer {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  let told = false
  return {
    async send(mail) {
      const { message } = await composer.sendMail(messageOf(mail))
      if (!Buffer.isBuffer(message)) throw new TypeError('A mail that is composed into memory is a buffer')
      // They name customers and what they pay: for nobody but the operator.
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await chmod(folder, 0o700)
      const path = join(folder, `${mail.id}.eml`)
      await writeFile(`${path}.part`, message, { mode: 0o600 })
      await rename(`${path}.part`, path)
      if (!told) log.info(`Mails are written to ${folder}, because TALKTIME_SMTP_URL is not set.`)
      told = true
    },
  }
}
