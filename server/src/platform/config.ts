import { resolve } from 'node:path'
import { z } from 'zod'
import { ownFile } from './data-folder.ts'
import { type LlmSettings, readLlmSettings } from './llm-settings.ts'
import { Origin } from './origin.ts'
import { StartProblem, withoutPassword } from './start-problem.ts'
import { readVoiceSettings, type VoiceSettings } from './voice-settings.ts'

/** What the operator may set, from the environment. */
export type Config = {
  /** 0: any free port. */
  readonly port: number
  readonly host: string
  /** A PostgreSQL server to use; undefined: the embedded one in `dataDir`. */
  readonly databaseUrl: string | undefined
  /** The absolute path of the data folder. */
  readonly dataDir: string
  /** Whether the first start of an empty database makes a demo workspace. */
  readonly demo: boolean
  /** Signs and encrypts; at least 32 characters. */
  readonly secret: string
  /** The secret before it: what it encrypted still opens. */
  readonly secretPrevious: string | undefined
  /** The origin people see, without a slash at its end; undefined: the address the server listens on. */
  readonly publicUrl: string | undefined
  readonly payments: 'sandbox' | 'stripe'
  /** What payments through Stripe need; undefined: they go through the sandbox. */
  readonly stripe: StripeSettings | undefined
  /** Who sells, as receipts name them. */
  readonly seller: {
    readonly name: string
    readonly address: string | undefined
    readonly taxId: string | undefined
    /** The tax that prices include; undefined: receipts state none. */
    readonly tax: { readonly name: string; readonly percent: number } | undefined
  }
  readonly mail: MailSettings
  /** How much faster than in life the simulated carrier's calls pass. */
  readonly simulatedPace: number
  readonly voice: VoiceSettings
  readonly llm: LlmSettings
  /** Hosts, or hosts with a port, that addresses chosen by customers may lead to, whatever they resolve to. */
  readonly outboundAllow: readonly string[]
  readonly logLevel: LogLevel
}

export type MailSettings = {
  /** smtp://… or smtps://…; undefined: mails are written into the data folder. */
  readonly smtpUrl: string | undefined
  /** Whom mails come from: an address, or a name with an address in angle brackets. */
  readonly from: string
}

export type StripeSettings = {
  /** sk_… or rk_…. */
  readonly secretKey: string
  /** whsec_…: signs what Stripe sends by itself. */
  readonly webhookSecret: string
  /** The origin of the API's server; undefined: Stripe's own. */
  readonly apiHost: string | undefined
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

const secretLengthMin = 32

const portText = z.string().regex(/^\d+$/).transform(Number).pipe(z.number().max(65_535))

const databaseUrl = z.url({ protocol: /^postgres(ql)?$/ })

const sellerText = z.string().trim().min(1).max(500)

const hosts = z
  .string()
  .transform((text) => text.split(',').map((host) => host.trim().toLowerCase()))
  .refine((list) =>
    list.every((host) => /^(([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?|[\da-f]*:[\da-f:.]*)$/.test(host)),
  )

/** "VAT 19" or "Sales tax 8.25": a name and a percentage. */
const tax = z
  .string()
  .regex(/^\S.{0,40} \d{1,2}(\.\d{1,3})?$/)
  .transform((text) => {
    const space = text.lastIndexOf(' ')
    return { name: text.slice(0, space).trim(), percent: Number(text.slice(space)) }
  })

/** "alerts@example.com" or "Talktime <alerts@example.com>". */
const sender = z.string().regex(/^([^\s<>@]+@[^\s<>@]+|[^<>\r\n]+ <[^\s<>@]+@[^\s<>@]+>)$/)

/** Each setting: how its text is read, and the end of the sentence "PORT is "x": it must be …". */
const settings = {
  PORT: { schema: portText.default(4400), right: 'a whole number from 0 to 65535 (0 takes any free port)' },
  HOST: {
    schema: z
      .string()
      .regex(/^[\w.:%-]+$/)
      .default('127.0.0.1'),
    right: 'an address or a host name to listen on, such as 127.0.0.1 or 0.0.0.0',
  },
  DATABASE_URL: {
    schema: databaseUrl.optional(),
    right: 'like postgresql://user:password@host:5432/database',
  },
  TALKTIME_DATA_DIR: { schema: z.string().default('.talktime'), right: 'the path of a folder' },
  TALKTIME_DEMO: { schema: z.enum(['on', 'off']).default('on'), right: '"on" or "off"' },
  TALKTIME_SECRET: {
    schema: z.string().min(secretLengthMin).optional(),
    right: `at least ${secretLengthMin} characters long`,
  },
  TALKTIME_SECRET_PREVIOUS: {
    schema: z.string().min(secretLengthMin).optional(),
    right: `the secret before TALKTIME_SECRET, at least ${secretLengthMin} characters long`,
  },
  TALKTIME_PUBLIC_URL: {
    schema: Origin.optional(),
    right: 'the origin people open, without a path, such as https://talktime.example.com',
  },
  TALKTIME_PAYMENTS: {
    schema: z.enum(['sandbox', 'stripe']).default('sandbox'),
    right: '"sandbox" or "stripe"',
  },
  TALKTIME_STRIPE_SECRET_KEY: {
    schema: z
      .string()
      .regex(/^(sk|rk)_\w+$/)
      .optional(),
    right: 'a secret or restricted key of Stripe, such as sk_live_… or rk_test_…',
  },
  TALKTIME_STRIPE_WEBHOOK_SECRET: {
    schema: z
      .string()
      .regex(/^whsec_\w+$/)
      .optional(),
    right: 'the signing secret of the webhook endpoint at Stripe, such as whsec_…',
  },
  TALKTIME_STRIPE_API_HOST: {
    schema: Origin.optional(),
    right: 'the origin of a server that speaks Stripe’s API, such as http://127.0.0.1:12111',
  },
  TALKTIME_SELLER_NAME: {
    schema: sellerText.default('Talktime'),
    right: 'the name of whoever sells the credits, as receipts show it: at most 500 characters',
  },
  TALKTIME_SELLER_ADDRESS: {
    schema: sellerText.optional(),
    right: 'the seller’s address, as receipts show it: at most 500 characters',
  },
  TALKTIME_SELLER_TAX_ID: {
    schema: sellerText.optional(),
    right: 'the seller’s tax number, as receipts show it: at most 500 characters',
  },
  TALKTIME_TAX: {
    schema: tax.optional(),
    right: 'the tax that prices include, as a name and a percentage, such as VAT 19',
  },
  TALKTIME_SMTP_URL: {
    schema: z.url({ protocol: /^smtps?$/ }).optional(),
    right: 'like smtp://user:password@mail.example.com:587, or smtps://… where TLS is spoken from the start',
  },
  TALKTIME_MAIL_FROM: {
    schema: sender.optional(),
    right: 'whom mails come from, such as Talktime <alerts@example.com>',
  },
  TALKTIME_SIMULATED_PACE: {
    schema: z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number)
      .pipe(z.number().min(0.1).max(1000))
      .default(1),
    right: 'how much faster than in life simulated calls pass: a number from 0.1 to 1000',
  },
  TALKTIME_OUTBOUND_ALLOW: {
    schema: hosts.default([]),
    right: 'hosts, or hosts with a port, with commas between, such as llm.internal:8080,10.0.0.5',
  },
  TALKTIME_LOG_LEVEL: { schema: z.enum(logLevels).default('info'), right: `one of ${logLevels.join(', ')}` },
} as const

type SettingName = keyof typeof settings

/**
 * Reads the settings. An empty value counts as none. The secret is kept in the data folder when none is set.
 *
 * @throws StartProblem naming every wrong setting at once, each with its value and what would be right
 */
export async function loadConfig(env: NodeJS.ProcessEnv = process.env): Promise<Config> {
  const wrong: string[] = []
  function read<Name extends SettingName>(name: Name): z.output<(typeof settings)[Name]['schema']> {
    const text = env[name] === '' ? undefined : env[name]
    const parsed = settings[name].schema.safeParse(text)
    if (!parsed.success)
      wrong.push(`${name} is ${shown(name, text ?? '')}: it must be ${settings[name].right}.`)
    // After a wrong setting nothing is used: they are all thrown below.
    return parsed.data as z.output<(typeof settings)[Name]['schema']>
  }
  /** What has to be there for one way of paying. */
  function readFor(
    way: Config['payments'],
    name: 'TALKTIME_STRIPE_SECRET_KEY' | 'TALKTIME_STRIPE_WEBHOOK_SECRET',
  ): string {
    const value = read(name)
    if (payments === way && (env[name] ?? '') === '') {
      wrong.push(`${name} is missing: with TALKTIME_PAYMENTS=${way} it must be ${settings[name].right}.`)
    }
    return value ?? ''
  }
  const port = read('PORT')
  const host = read('HOST')
  const databaseUrl = read('DATABASE_URL')
  const dataDir = resolve(read('TALKTIME_DATA_DIR') ?? '')
  const demo = read('TALKTIME_DEMO') === 'on'
  const secret = read('TALKTIME_SECRET')
  const secretPrevious = read('TALKTIME_SECRET_PREVIOUS')
  const publicUrl = read('TALKTIME_PUBLIC_URL')
  const payments = read('TALKTIME_PAYMENTS')
  const stripe = {
    secretKey: readFor('stripe', 'TALKTIME_STRIPE_SECRET_KEY'),
    webhookSecret: readFor('stripe', 'TALKTIME_STRIPE_WEBHOOK_SECRET'),
    apiHost: read('TALKTIME_STRIPE_API_HOST'),
  }
  const seller = {
    name: read('TALKTIME_SELLER_NAME'),
    address: read('TALKTIME_SELLER_ADDRESS'),
    taxId: read('TALKTIME_SELLER_TAX_ID'),
    tax: read('TALKTIME_TAX'),
  }
  const smtpUrl = read('TALKTIME_SMTP_URL')
  const from = read('TALKTIME_MAIL_FROM')
  if (smtpUrl !== undefined && (env.TALKTIME_MAIL_FROM ?? '') === '') {
    wrong.push(
      `TALKTIME_MAIL_FROM is missing: with TALKTIME_SMTP_URL it must be ${settings.TALKTIME_MAIL_FROM.right}.`,
    )
  }
  const simulatedPace = read('TALKTIME_SIMULATED_PACE')
  const voice = readVoiceSettings(env, publicUrl, wrong)
  const llm = readLlmSettings(env, wrong)
  const outboundAllow = read('TALKTIME_OUTBOUND_ALLOW')
  const logLevel = read('TALKTIME_LOG_LEVEL')
  if (wrong.length > 0) throw new StartProblem(wrong.join('\n'))
  return {
    port,
    host,
    databaseUrl,
    dataDir,
    demo,
    secret: secret ?? (await ownFile(dataDir, 'secret', secretLengthMin)),
    secretPrevious,
    publicUrl,
    payments,
    stripe: payments === 'stripe' ? stripe : undefined,
    seller,
    mail: { smtpUrl, from: from ?? 'Talktime <talktime@localhost>' },
    simulatedPace,
    voice,
    llm,
    outboundAllow,
    logLevel,
  }
}

/** A value as an error may show it: passwords and secrets are left out. */
function shown(name: SettingName, text: string): string {
  if (name.startsWith('TALKTIME_SECRET')) return `${text.length} characters long`
  // Enough to see that it is the publishable key, for instance.
  if (/^TALKTIME_STRIPE_.*(KEY|SECRET)$/.test(name)) return JSON.stringify(`${text.slice(0, 3)}…`)
  return JSON.stringify(withoutPassword(text))
}
