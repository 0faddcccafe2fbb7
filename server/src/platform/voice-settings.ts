import { z } from 'zod'
import { Origin } from './origin.ts'
import { withoutPassword } from './start-problem.ts'

/** The voice stacks that Talktime itself speaks to. */
export type VoiceSettings = {
  /** The carrier that outbound calls go through. */
  readonly outbound: 'simulated' | 'twilio'
  /** What calls through Twilio need; undefined: there are none. */
  readonly twilio: TwilioSettings | undefined
}

export type TwilioSettings = {
  /** AC…. */
  readonly accountSid: string
  /** Authorizes requests to Twilio, and signs Twilio's. */
  readonly authToken: string
  /** The origin of the API's server. */
  readonly apiHost: string
  /** The origin at which Twilio reaches this server: what it signs begins with it. */
  readonly publicUrl: string
}

const Sid = z.string().regex(/^AC[0-9a-f]{32}$/)
const Token = z.string().regex(/^[0-9a-zA-Z]{16,128}$/)

const right = {
  TALKTIME_CARRIER: '"simulated" or "twilio"',
  TALKTIME_TWILIO_ACCOUNT_SID: 'the SID of an account at Twilio: AC and 32 hexadecimal digits',
  TALKTIME_TWILIO_AUTH_TOKEN: 'the auth token of the account at Twilio: letters and digits',
  TALKTIME_TWILIO_API_HOST: 'the origin of Twilio’s API, such as https://api.dublin.ie1.twilio.com',
} as const

/**
 * Reads TALKTIME_CARRIER and the settings of Twilio.
 *
 * @param publicUrl the origin people see
 * @param wrong gets a sentence for each setting that is wrong or missing
 */
export function readVoiceSettings(
  env: NodeJS.ProcessEnv,
  publicUrl: string | undefined,
  wrong: string[],
): VoiceSettings {
  function read<Schema extends z.ZodType>(name: keyof typeof right, schema: Schema) {
    const text = env[name] || undefined
    const parsed = schema.optional().safeParse(text)
    const shown = name.endsWith('TOKEN') ? 'wrong' : JSON.stringify(withoutPassword(text ?? ''))
    if (!parsed.success) wrong.push(`${name} is ${shown}: it must be ${right[name]}.`)
    return parsed.data
  }
  const outbound = read('TALKTIME_CARRIER', z.enum(['simulated', 'twilio'])) ?? 'simulated'
  const accountSid = read('TALKTIME_TWILIO_ACCOUNT_SID', Sid)
  const authToken = read('TALKTIME_TWILIO_AUTH_TOKEN', Token)
  const apiHost = read('TALKTIME_TWILIO_API_HOST', Origin) ?? 'https://api.twilio.com'
  const names = ['TALKTIME_TWILIO_ACCOUNT_SID', 'TALKTIME_TWILIO_AUTH_TOKEN'] as const
  const set = names.filter((name) => env[name])
  const because = outbound === 'twilio' ? 'TALKTIME_CARRIER=twilio' : set[0]
  if (because === undefined) return { outbound, twilio: undefined }
  for (const name of names) {
    if (!env[name]) wrong.push(`${name} is missing: with ${because} it must be ${right[name]}.`)
  }
  if (!env.TALKTIME_PUBLIC_URL) {
    wrong.push(
      `TALKTIME_PUBLIC_URL is missing: with ${because} it must be the origin at which Twilio reaches this server, such as https://talktime.example.com.`,
    )
  }
  return {
    outbound,
    // After a wrong setting nothing is used.
    twilio: { accountSid: accountSid ?? '', authToken: authToken ?? '', apiHost, publicUrl: publicUrl ?? '' },
  }
}
