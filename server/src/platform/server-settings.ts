import { resolve } from 'node:path'
import { z } from 'zod'
import { Origin } from './origin.ts'
import type { SettingsReader } from './settings-reader.ts'

/** Where the server listens, what it keeps its data in, and how it reaches the outside. */
export type ServerSettings = {
  /** 0: any free port. */
  readonly port: number
  readonly host: string
  /** A PostgreSQL server to use; undefined: the embedded one in `dataDir`. */
  readonly databaseUrl: string | undefined
  /** The absolute path of the data folder. */
  readonly dataDir: string
  /** Signs and encrypts; at least 32 characters. Undefined: the one kept in the data folder. */
  readonly secret: string | undefined
  /** The previous secret: what it encrypted can still be opened. */
  readonly secretPrevious: string | undefined
  /** The origin people see, without a slash at its end; undefined: the address the server listens on. */
  readonly publicUrl: string | undefined
  /** Whether a server that strangers reach may take no money, show the demo and make up its secret. */
  readonly allowSandbox: boolean
  /** Hosts, or hosts with a port, that customers' addresses may lead to although they are not public. */
  readonly outboundAllow: readonly string[]
  readonly logLevel: LogLevel
  /** The port that shows the metrics to everybody who reaches it; undefined: they need a key. */
  readonly metricsPort: number | undefined
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** The least length of the server's secret, in characters. */
export const SECRET_LENGTH_MIN = 32

const Hosts = z
  .string()
  .transform((text) => text.split(',').map((host) => host.trim().toLowerCase()))
  .refine((list) =>
    list.every((host) => /^(([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?|[\da-f]*:[\da-f:.]*)$/.test(host)),
  )

const Secret = z.string().min(SECRET_LENGTH_MIN).optional()

const showLength = (text: string) => `${text.length} characters long`

const SETTINGS = {
  port: {
    schema: z.string().regex(/^\d+$/).transform(Number).pipe(z.number().max(65_535)).default(4400),
    right: 'a whole number from 0 to 65535 (0 takes any free port)',
  },
  host: {
    schema: z
      .string()
      .regex(/^[\w.:%-]+$/)
      .default('127.0.0.1'),
    right: 'an address or a host name to listen on, such as 127.0.0.1 or 0.0.0.0',
  },
  databaseUrl: {
    schema: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    right: 'like postgresql://user:password@host:5432/database',
  },
  dataDir: { schema: z.string().default('.talktime'), right: 'the path of a folder' },
  secret: { schema: Secret, right: `at least ${SECRET_LENGTH_MIN} characters long`, show: showLength },
  secretPrevious: {
    schema: Secret,
    right: `the previous TALKTIME_SECRET, at least ${SECRET_LENGTH_MIN} characters long`,
    show: showLength,
  },
  publicUrl: {
    schema: Origin.optional(),
    right: 'the origin people open, without a path, such as https://talktime.example.com',
  },
  allowSandbox: { schema: z.enum(['on', 'off']).default('off'), right: '"on" or "off"' },
  outboundAllow: {
    schema: Hosts.default([]),
    right: 'hosts, or hosts with a port, separated by commas, such as llm.internal:8080,10.0.0.5',
  },
  metricsPort: {
    schema: z.string().regex(/^\d+$/).transform(Number).pipe(z.number().max(65_535)).optional(),
    right: 'a whole number from 0 to 65535 (0 takes any free port)',
  },
  logLevel: { schema: z.enum(LOG_LEVELS).default('info'), right: `one of ${LOG_LEVELS.join(', ')}` },
}

/** Reads the settings of the server itself. */
export function readServerSettings({ read }: SettingsReader): ServerSettings {
  return {
    port: read('PORT', SETTINGS.port),
    host: read('HOST', SETTINGS.host),
    databaseUrl: read('DATABASE_URL', SETTINGS.databaseUrl),
    dataDir: resolve(read('TALKTIME_DATA_DIR', SETTINGS.dataDir)),
    secret: read('TALKTIME_SECRET', SETTINGS.secret),
    secretPrevious: read('TALKTIME_SECRET_PREVIOUS', SETTINGS.secretPrevious),
    publicUrl: read('TALKTIME_PUBLIC_URL', SETTINGS.publicUrl),
    allowSandbox: read('TALKTIME_ALLOW_SANDBOX', SETTINGS.allowSandbox) === 'on',
    outboundAllow: read('TALKTIME_OUTBOUND_ALLOW', SETTINGS.outboundAllow),
    metricsPort: read('TALKTIME_METRICS_PORT', SETTINGS.metricsPort),
    logLevel: read('TALKTIME_LOG_LEVEL', SETTINGS.logLevel),
  }
}
