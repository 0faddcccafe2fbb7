import { readVerifyEmail } from './access/settings.ts'
import { type CampaignSettings, readCampaignSettings } from './campaigns/settings.ts'
import { readDemo } from './demo/settings.ts'
import { type LlmSettings, readLlmSettings } from './llm/settings.ts'
import { type PaymentSettings, readPaymentSettings } from './payments/settings.ts'
import { type PlanSettings, readPlanSettings } from './plans/settings.ts'
import { readOrCreateSecret, readSecret } from './platform/data-folder.ts'
import { type BackupSettings, readBackupSettings } from './platform/database/backup/settings.ts'
import { type MailSettings, readMailSettings } from './platform/mail/mail-settings.ts'
import { isLoopback } from './platform/origin.ts'
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
    /** Undefined: this server makes no backups on its own. */
    readonly backups: BackupSettings | undefined
    /** Whether people confirm their email address before they sign in for the first time. */
    readonly verifyEmail: boolean
    /** How many times faster than real time the calls of the simulated carrier run. */
    readonly simulatedPace: number
    readonly voice: VoiceSettings
    readonly campaigns: CampaignSettings
    readonly llm: LlmSettings
  }

/** The settings as they stand in the environment. Where TALKTIME_SECRET is unset, the data folder may hold the secret. */
export type Settings = Omit<Config, 'secret'> & Pick<ServerSettings, 'secret'>

/**
 * Reads the settings, and creates nothing. An empty variable counts as unset.
 *
 * @throws StartProblem with a sentence about each wrong setting: its value and what is accepted
 */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const reader = createSettingsReader(env)
  const server = readServerSettings(reader)
  const demo = readDemo(reader)
  const payments = readPaymentSettings(reader)
  const plans = readPlanSettings(reader)
  const mail = readMailSettings(reader)
  const backups = readBackupSettings(reader)
  const verifyEmail = readVerifyEmail(reader)
  const simulatedPace = readSimulatedPace(reader)
  const voice = readVoiceSettings(reader, server.publicUrl)
  const campaigns = readCampaignSettings(reader)
  const llm = readLlmSettings(reader)
  if (reader.complaints.length > 0) throw new StartProblem(reader.complaints.join('\n'))
  return {
    ...server,
    ...payments,
    ...plans,
    demo,
    mail,
    verifyEmail,
    backups,
    simulatedPace,
    voice,
    campaigns,
    llm,
  }
}

/**
 * Reads the settings of a server that starts. If TALKTIME_SECRET is unset, a secret is created once and kept in the data
 * folder.
 *
 * @throws StartProblem with a sentence about each wrong setting: its value and what is accepted
 */
export async function loadConfig(env: NodeJS.ProcessEnv = process.env): Promise<Config> {
  const settings = readSettings(env)
  requireProduction(settings)
  const secret =
    settings.secret ?? (await readOrCreateSecret(settings.dataDir, SECRET_FILE, SECRET_LENGTH_MIN))
  return { ...settings, secret }
}

/** The file in the data folder that holds the servers' secret, unless TALKTIME_SECRET does. */
export const SECRET_FILE = 'secret'

/**
 * Refuses to start a server that strangers reach over https as if it stood on somebody's desk: with a bank that gives
 * credit for no money, a demo, or a secret that only this machine has.
 */
function requireProduction({ publicUrl, allowSandbox, payments, demo, secret }: Settings): void {
  if (publicUrl === undefined || allowSandbox) return
  const { protocol, hostname } = new URL(publicUrl)
  if (protocol !== 'https:' || isLoopback(hostname)) return
  const missing = [
    ...(payments === 'sandbox' ? ['TALKTIME_PAYMENTS=stripe'] : []),
    ...(demo ? ['TALKTIME_DEMO=off'] : []),
    ...(secret === undefined ? ['TALKTIME_SECRET (at least 32 random characters)'] : []),
  ]
  if (missing.length === 0) return
  throw new StartProblem(
    `TALKTIME_PUBLIC_URL is ${publicUrl}, where strangers reach this server: set ${new Intl.ListFormat('en').format(missing)}, ` +
      'or TALKTIME_ALLOW_SANDBOX=on if it takes no real money.',
  )
}

/**
 * Adds the secret that the servers use, for a command that needs it. Commands create none: it would not be the servers'.
 *
 * @throws StartProblem if there is none
 */
export async function requireSecret(settings: Settings): Promise<Config> {
  const secret = await findSecret(settings)
  if (secret !== undefined) return { ...settings, secret }
  throw new StartProblem(
    `The servers’ secret is missing: set TALKTIME_SECRET to it, or TALKTIME_DATA_DIR to the folder that holds it (not ${settings.dataDir}).`,
  )
}

/** Finds the secret that the servers use. Undefined if neither TALKTIME_SECRET nor the data folder has it. */
export async function findSecret({ secret, dataDir }: Settings): Promise<string | undefined> {
  return secret ?? readSecret(dataDir, SECRET_FILE, SECRET_LENGTH_MIN)
}
