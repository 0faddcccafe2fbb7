import { readDemo } from './demo/settings.ts'
import { type LlmSettings, readLlmSettings } from './llm/settings.ts'
import { type PaymentSettings, readPaymentSettings } from './payments/settings.ts'
import { type PlanSettings, readPlanSettings } from './plans/settings.ts'
import { readOrCreateSecret } from './platform/data-folder.ts'
import { type MailSettings, readMailSettings } from './platform/mail/mail-settings.ts'
import { readServerSettings, SECRET_LENGTH_MIN, type ServerSettings } from './platform/server-settings.ts'
import { createSettingsReader } from './platform/settings-reader.ts'
import { StartProblem } from './platform/start-problem.ts'
import { readSimulatedPace, readVoiceSettings, type VoiceSettings } from './voice/settings.ts'

// The start reads the settings before it loads the rooms, so only their settings files are imported here.

/** What the operator can set through the environment. */
export type Config = ServerSettings &
  PaymentSettings &
  PlanSettings & {
    /** Whether the first start with an empty database creates a demo workspace. */
    readonly demo: boolean
    /** Signs and encrypts; at least 32 characters. */
    readonly secret: string
    readonly mail: MailSettings
    /** How many times faster than real time the calls of the simulated carrier run. */
    readonly simulatedPace: number
    readonly voice: VoiceSettings
    readonly llm: LlmSettings
  }

/**
 * Reads the settings. An empty variable counts as unset. If TALKTIME_SECRET is unset, a secret is created once and kept
 * in the data folder.
 *
 * @throws StartProblem with a sentence about each wrong setting: its value and what is accepted
 */
export async function loadConfig(env: NodeJS.ProcessEnv = process.env): Promise<Config> {
  const reader = createSettingsReader(env)
  const server = readServerSettings(reader)
  const demo = readDemo(reader)
  const payments = readPaymentSettings(reader)
  const plans = readPlanSettings(reader)
  const mail = readMailSettings(reader)
  const simulatedPace = readSimulatedPace(reader)
  const voice = readVoiceSettings(reader, server.publicUrl)
  const llm = readLlmSettings(reader)
  if (reader.complaints.length > 0) throw new StartProblem(reader.complaints.join('\n'))
  const secret = server.secret ?? (await readOrCreateSecret(server.dataDir, 'secret', SECRET_LENGTH_MIN))
  return { ...server, ...payments, ...plans, demo, secret, mail, simulatedPace, voice, llm }
}
