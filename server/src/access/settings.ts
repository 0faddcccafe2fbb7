import { z } from 'zod'
import type { SettingsReader } from '../platform/settings-reader.ts'

const VERIFY_EMAIL = { schema: z.enum(['on', 'off']).optional(), right: '"on" or "off"' }

/**
 * Reads TALKTIME_VERIFY_EMAIL: whether people confirm their email address before they sign in for the first time. By
 * default they do where a mail server delivers the mails.
 */
export function readVerifyEmail({ read, isSet }: SettingsReader): boolean {
  const verifyEmail = read('TALKTIME_VERIFY_EMAIL', VERIFY_EMAIL)
  return verifyEmail === undefined ? isSet('TALKTIME_SMTP_URL') : verifyEmail === 'on'
}
