import { z } from 'zod'
import type { SettingsReader } from '../settings-reader.ts'

export type MailSettings = {
  /** smtp://… or smtps://…. undefined: mails are written to the data folder. */
  readonly smtpUrl: string | undefined
  /** The sender of mails: an address, or a name followed by an address in angle brackets. */
  readonly from: string
}

const SMTP_URL = {
  schema: z.url({ protocol: /^smtps?$/ }).optional(),
  right: 'like smtp://user:password@mail.example.com:587, or smtps://… for TLS from the start',
}

const MAIL_FROM = {
  schema: z
    .string()
    .regex(/^([^\s<>@]+@[^\s<>@]+|[^<>\r\n]+ <[^\s<>@]+@[^\s<>@]+>)$/)
    .optional(),
  right: 'the sender of mails, such as Talktime <alerts@example.com>',
}

/** Reads the settings for mails from the environment. */
export function readMailSettings(reader: SettingsReader): MailSettings {
  const smtpUrl = reader.read('TALKTIME_SMTP_URL', SMTP_URL)
  const from = reader.read('TALKTIME_MAIL_FROM', MAIL_FROM)
  if (smtpUrl !== undefined && !reader.isSet('TALKTIME_MAIL_FROM')) {
    reader.complain(`TALKTIME_MAIL_FROM is missing: with TALKTIME_SMTP_URL it must be ${MAIL_FROM.right}.`)
  }
  return { smtpUrl, from: from ?? 'Talktime <talktime@localhost>' }
}
