import { z } from 'zod'
import { Origin } from '../platform/origin.ts'
import { hideValue, type SettingsReader } from '../platform/settings-reader.ts'

/** Settings of the voice stacks that Talktime itself drives. */
export type VoiceSettings = {
  /** The carrier that outbound calls go through. */
  readonly outbound: 'simulated' | 'twilio'
  /** Undefined if Twilio is not set up. */
  readonly twilio: TwilioSettings | undefined
}

export type TwilioSettings = {
  /** Begins with AC. */
  readonly accountSid: string
  /** Authorizes requests to Twilio and signs requests from Twilio. */
  readonly authToken: string
  /** The origin of Twilio's API. */
  readonly apiHost: string
  /** The origin at which Twilio reaches this server. URLs that Twilio signs begin with it. */
  readonly publicUrl: string
}

const CARRIER = {
  schema: z.enum(['simulated', 'twilio']).default('simulated'),
  right: '"simulated" or "twilio"',
}

const CREDENTIALS = {
  TALKTIME_TWILIO_ACCOUNT_SID: {
    schema: z
      .string()
      .regex(/^AC[0-9a-f]{32}$/)
      .optional(),
    right: 'the SID of an account at Twilio: AC and 32 hexadecimal digits',
  },
  TALKTIME_TWILIO_AUTH_TOKEN: {
    schema: z
      .string()
      .regex(/^[0-9a-zA-Z]{16,128}$/)
      .optional(),
    right: 'the auth token of the account at Twilio: letters and digits',
    show: hideValue,
  },
}

const API_HOST = {
  schema: Origin.default('https://api.twilio.com'),
  right: 'the origin of Twilio’s API, such as https://api.dublin.ie1.twilio.com',
}

const SIMULATED_PACE = {
  schema: z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number)
    .pipe(z.number().min(0.1).max(1000))
    .default(1),
  right: 'how many times faster than real time simulated calls run: a number from 0.1 to 1000',
}

/** Reads how many times faster than real time simulated calls run. */
export function readSimulatedPace({ read }: SettingsReader): number {
  return read('TALKTIME_SIMULATED_PACE', SIMULATED_PACE)
}

/**
 * Reads TALKTIME_CARRIER and the settings of Twilio. Complains about each setting that Twilio needs and that is missing.
 *
 * @param publicUrl the origin at which people reach this server; Twilio needs it
 */
export function readVoiceSettings(reader: SettingsReader, publicUrl: string | undefined): VoiceSettings {
  const { read } = reader
  const outbound = read('TALKTIME_CARRIER', CARRIER)
  const twilio = {
    accountSid: read('TALKTIME_TWILIO_ACCOUNT_SID', CREDENTIALS.TALKTIME_TWILIO_ACCOUNT_SID) ?? '',
    authToken: read('TALKTIME_TWILIO_AUTH_TOKEN', CREDENTIALS.TALKTIME_TWILIO_AUTH_TOKEN) ?? '',
    apiHost: read('TALKTIME_TWILIO_API_HOST', API_HOST),
    publicUrl: publicUrl ?? '',
  }
  const firstSet = Object.keys(CREDENTIALS).find(reader.isSet)
  const because = outbound === 'twilio' ? 'TALKTIME_CARRIER=twilio' : firstSet
  if (because === undefined) return { outbound, twilio: undefined }
  requireTwilioSettings(reader, because)
  return { outbound, twilio }
}

function requireTwilioSettings(reader: SettingsReader, because: string): void {
  for (const [name, { right }] of Object.entries(CREDENTIALS)) {
    if (!reader.isSet(name)) reader.complain(`${name} is missing: with ${because} it must be ${right}.`)
  }
  if (reader.isSet('TALKTIME_PUBLIC_URL')) return
  reader.complain(
    `TALKTIME_PUBLIC_URL is missing: with ${because} it must be the origin at which Twilio reaches this server, such as https://talktime.example.com.`,
  )
}
