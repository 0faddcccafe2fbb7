import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from './config.ts'
import { StartProblem } from './platform/start-problem.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'talktime-config-'))
})
afterEach(() => rm(folder, { recursive: true }))

const load = (env: Record<string, string>) => loadConfig({ TALKTIME_DATA_DIR: folder, ...env })

const twilioSid = `AC${'0'.repeat(32)}`
const SECRET = 'a secret of thirty-two characters'
const TWILIO_TOKEN = '0123456789abcdef0123456789abcdef'
const voicesGmbh = {
  name: 'Voices GmbH',
  address: 'Lindenstraße 1, 10969 Berlin',
  taxId: 'DE123456789',
  tax: { name: 'VAT', percent: 19 },
}

describe('settings', () => {
  test('have working defaults, and an empty variable counts as unset', async () => {
    const { secret, ...config } = await load({ PORT: '', HOST: '' })
    expect(config).toEqual({
      port: 4400,
      host: '127.0.0.1',
      databaseUrl: undefined,
      dataDir: folder,
      demo: true,
      secretPrevious: undefined,
      publicUrl: undefined,
      allowSandbox: false,
      payments: 'sandbox',
      stripe: undefined,
      seller: { name: 'Talktime', address: undefined, taxId: undefined, tax: undefined },
      freeWorkspacesMax: 3,
      cardLimits: { declinesPerHour: 5, declinesPerDay: 10, cardsPerDay: 10 },
      mail: { smtpUrl: undefined, from: 'Talktime <talktime@localhost>' },
      backups: undefined,
      verifyEmail: false,
      simulatedPace: 1,
      voice: { outbound: 'simulated', twilio: undefined },
      campaigns: { dialRules: { kinds: [], countries: null } },
      llm: { keys: {}, bases: {}, azureApiVersion: undefined, models: [] },
      outboundAllow: [],
      logLevel: 'info',
    })
    expect(secret.length).toBeGreaterThanOrEqual(32)
  })

  test('limit cards and workspaces as the environment says', async () => {
    expect(
      await load({
        TALKTIME_FREE_WORKSPACES_MAX: '2',
        TALKTIME_DECLINES_PER_HOUR: '3',
        TALKTIME_DECLINES_PER_DAY: '6',
        TALKTIME_CARDS_PER_DAY: '4',
      }),
    ).toMatchObject({
      freeWorkspacesMax: 2,
      cardLimits: { declinesPerHour: 3, declinesPerDay: 6, cardsPerDay: 4 },
    })
  })

  test('are taken from the environment', async () => {
    expect(
      await load({
        PORT: '0',
        HOST: '0.0.0.0',
        DATABASE_URL: 'postgresql://talktime:hidden@db.example.com:5433/talktime',
        TALKTIME_DEMO: 'off',
        TALKTIME_SECRET: SECRET,
        TALKTIME_SECRET_PREVIOUS: 'the secret of thirty-two letters',
        TALKTIME_PUBLIC_URL: 'https://talktime.example.com/',
        TALKTIME_PAYMENTS: 'stripe',
        TALKTIME_STRIPE_SECRET_KEY: 'rk_live_1',
        TALKTIME_STRIPE_WEBHOOK_SECRET: 'whsec_1',
        TALKTIME_STRIPE_API_HOST: 'http://127.0.0.1:12111/',
        TALKTIME_SELLER_NAME: 'Voices GmbH',
        TALKTIME_SELLER_ADDRESS: 'Lindenstraße 1, 10969 Berlin',
        TALKTIME_SELLER_TAX_ID: 'DE123456789',
        TALKTIME_TAX: 'VAT 19',
        TALKTIME_SMTP_URL: 'smtps://voices:pass@mail.example.com',
        TALKTIME_MAIL_FROM: 'Voices <alerts@example.com>',
        TALKTIME_CARRIER: 'twilio',
        TALKTIME_TWILIO_ACCOUNT_SID: twilioSid,
        TALKTIME_TWILIO_AUTH_TOKEN: TWILIO_TOKEN,
        TALKTIME_LLM_OPENAI_KEY: 'sk-platform',
        TALKTIME_LLM_AZURE_OPENAI_KEY: 'azure-platform',
        TALKTIME_LLM_BASE_AZURE_OPENAI: 'https://voices.openai.azure.com/',
        TALKTIME_LLM_AZURE_OPENAI_API_VERSION: '2024-10-21',
        TALKTIME_LLM_MODELS: 'gpt-5-mini, claude-haiku-*',
        TALKTIME_DIAL_COUNTRIES: 'us, CA',
        TALKTIME_OUTBOUND_ALLOW: 'LLM.internal:8080, 10.0.0.5, [::1]:9000, fd00::7',
        TALKTIME_LOG_LEVEL: 'debug',
      }),
    ).toEqual({
      port: 0,
      host: '0.0.0.0',
      databaseUrl: 'postgresql://talktime:hidden@db.example.com:5433/talktime',
      dataDir: folder,
      demo: false,
      secret: SECRET,
      secretPrevious: 'the secret of thirty-two letters',
      publicUrl: 'https://talktime.example.com',
      allowSandbox: false,
      payments: 'stripe',
      stripe: { secretKey: 'rk_live_1', webhookSecret: 'whsec_1', apiHost: 'http://127.0.0.1:12111' },
      seller: voicesGmbh,
      freeWorkspacesMax: 3,
      cardLimits: { declinesPerHour: 5, declinesPerDay: 10, cardsPerDay: 10 },
      mail: { smtpUrl: 'smtps://voices:pass@mail.example.com', from: 'Voices <alerts@example.com>' },
      verifyEmail: true,
      simulatedPace: 1,
      campaigns: { dialRules: { kinds: [], countries: ['US', 'CA'] } },
      voice: {
        outbound: 'twilio',
        twilio: {
          accountSid: twilioSid,
          authToken: TWILIO_TOKEN,
          apiHost: 'https://api.twilio.com',
          publicUrl: 'https://talktime.example.com',
        },
      },
      llm: {
        keys: { openai: 'sk-platform', azure_openai: 'azure-platform' },
        bases: { azure_openai: 'https://voices.openai.azure.com' },
        azureApiVersion: '2024-10-21',
        models: ['gpt-5-mini', 'claude-haiku-*'],
      },
      outboundAllow: ['llm.internal:8080', '10.0.0.5', '[::1]:9000', 'fd00::7'],
      logLevel: 'debug',
    })
  })

  test('for backups have an interval in minutes, hours or days', async () => {
    const { backups } = await load({
      TALKTIME_BACKUP_DIR: '/backups',
      TALKTIME_BACKUP_EVERY: '6h',
      TALKTIME_BACKUP_KEEP: '28',
    })
    expect(backups).toEqual({ folder: '/backups', everyMs: 6 * 3_600_000, keep: 28 })
  })

  test.each([
    [
      { PORT: 'banana' },
      'PORT is "banana": it must be a whole number from 0 to 65535 (0 takes any free port).',
    ],
    [
      { PORT: '65536' },
      'PORT is "65536": it must be a whole number from 0 to 65535 (0 takes any free port).',
    ],
    [{ PORT: '-1' }, 'PORT is "-1": it must be a whole number from 0 to 65535 (0 takes any free port).'],
    [{ HOST: 'no where' }, 'HOST is "no where": it must be an address or a host name to listen on'],
    [
      { DATABASE_URL: 'mysql://me:hidden@host/db' },
      'DATABASE_URL is "mysql://me:***@host/db": it must be like postgresql://user:password@host:5432/database.',
    ],
    [{ TALKTIME_DEMO: 'yes' }, 'TALKTIME_DEMO is "yes": it must be "on" or "off".'],
    [
      { TALKTIME_SECRET: 'hunter2' },
      'TALKTIME_SECRET is 7 characters long: it must be at least 32 characters long.',
    ],
    [
      { TALKTIME_PUBLIC_URL: 'talktime.example.com' },
      'TALKTIME_PUBLIC_URL is "talktime.example.com": it must be',
    ],
    [
      { TALKTIME_PUBLIC_URL: 'https://example.com/talktime' },
      'without a path, such as https://talktime.example.com.',
    ],
    [{ TALKTIME_PAYMENTS: 'cash' }, 'TALKTIME_PAYMENTS is "cash": it must be "sandbox" or "stripe".'],
    [
      { TALKTIME_STRIPE_SECRET_KEY: 'pk_live_1' },
      'TALKTIME_STRIPE_SECRET_KEY is "pk_…": it must be a secret or restricted key of Stripe',
    ],
    [
      { TALKTIME_PAYMENTS: 'stripe', TALKTIME_STRIPE_WEBHOOK_SECRET: 'whsec_1' },
      'TALKTIME_STRIPE_SECRET_KEY is missing: with TALKTIME_PAYMENTS=stripe it must be a secret or restricted key',
    ],
    [
      { TALKTIME_PAYMENTS: 'stripe', TALKTIME_STRIPE_SECRET_KEY: 'sk_live_1' },
      'TALKTIME_STRIPE_WEBHOOK_SECRET is missing: with TALKTIME_PAYMENTS=stripe it must be the signing secret',
    ],
    [
      { TALKTIME_STRIPE_API_HOST: 'api.stripe.com' },
      'TALKTIME_STRIPE_API_HOST is "api.stripe.com": it must be the origin of a server that speaks Stripe’s API',
    ],
    [
      { TALKTIME_SMTP_URL: 'smtp://mail.example.com' },
      'TALKTIME_MAIL_FROM is missing: with TALKTIME_SMTP_URL it must be the sender of mails, such as',
    ],
    [
      { TALKTIME_SMTP_URL: 'http://user:pass@mail.example.com' },
      'TALKTIME_SMTP_URL is "http://user:***@mail.example.com": it must be like smtp://user:password@',
    ],
    [{ TALKTIME_MAIL_FROM: 'Talktime' }, 'TALKTIME_MAIL_FROM is "Talktime": it must be the sender of mails'],
    [
      { TALKTIME_LLM_OPENAI_KEY: 'sk secret' },
      'TALKTIME_LLM_OPENAI_KEY is wrong: it must be an API key of 8 to 500 visible characters.',
    ],
    [
      { TALKTIME_LLM_BASE_GROQ: 'ftp://me:hidden@llm.example.com' },
      'TALKTIME_LLM_BASE_GROQ is "ftp://me:***@llm.example.com": it must be the address of an API, such as',
    ],
    [
      { TALKTIME_LLM_OPENAI_COMPATIBLE_KEY: 'sk-platform' },
      'TALKTIME_LLM_BASE_OPENAI_COMPATIBLE is missing: with TALKTIME_LLM_OPENAI_COMPATIBLE_KEY it must be',
    ],
    [
      { TALKTIME_LLM_AZURE_OPENAI_API_VERSION: 'latest' },
      'TALKTIME_LLM_AZURE_OPENAI_API_VERSION is "latest": it must be a dated version',
    ],
    [
      { TALKTIME_DECLINES_PER_HOUR: '0' },
      'TALKTIME_DECLINES_PER_HOUR is "0": it must be a whole number from 1 to 1000000.',
    ],
    [
      { TALKTIME_DIAL_KINDS: 'any' },
      'TALKTIME_DIAL_KINDS is "any": it must be kinds of numbers, separated by commas: premium_rate',
    ],
    [
      { TALKTIME_DIAL_COUNTRIES: 'XQ' },
      'TALKTIME_DIAL_COUNTRIES is "XQ": it must be country codes of two letters',
    ],
    [{ TALKTIME_LLM_MODELS: 'a, ,b' }, 'TALKTIME_LLM_MODELS is "a, ,b": it must be model names'],
    [
      { TALKTIME_OUTBOUND_ALLOW: 'https://llm.internal' },
      'TALKTIME_OUTBOUND_ALLOW is "https://llm.internal": it must be hosts, or hosts with a port,',
    ],
    [{ TALKTIME_BACKUP_EVERY: '90s' }, 'TALKTIME_BACKUP_EVERY is "90s": it must be a number of minutes,'],
    [{ TALKTIME_BACKUP_KEEP: '0' }, 'TALKTIME_BACKUP_KEEP is "0": it must be how many backups are kept:'],
    [{ TALKTIME_CARRIER: 'pigeon' }, 'TALKTIME_CARRIER is "pigeon": it must be "simulated" or "twilio".'],
    [
      { TALKTIME_CARRIER: 'twilio', TALKTIME_PUBLIC_URL: 'https://talktime.example.com' },
      'TALKTIME_TWILIO_ACCOUNT_SID is missing: with TALKTIME_CARRIER=twilio it must be the SID of an account',
    ],
    [
      { TALKTIME_TWILIO_ACCOUNT_SID: twilioSid },
      'TALKTIME_TWILIO_AUTH_TOKEN is missing: with TALKTIME_TWILIO_ACCOUNT_SID it must be the auth token of',
    ],
    [
      { TALKTIME_TWILIO_ACCOUNT_SID: twilioSid, TALKTIME_TWILIO_AUTH_TOKEN: TWILIO_TOKEN },
      'TALKTIME_PUBLIC_URL is missing: with TALKTIME_TWILIO_ACCOUNT_SID it must be the origin at which Twilio',
    ],
    [
      { TALKTIME_TWILIO_ACCOUNT_SID: 'SK1' },
      'TALKTIME_TWILIO_ACCOUNT_SID is "SK1": it must be the SID of an account at Twilio: AC and 32 hexadecimal',
    ],
    [
      { TALKTIME_TWILIO_AUTH_TOKEN: 'a secret' },
      'TALKTIME_TWILIO_AUTH_TOKEN is wrong: it must be the auth token',
    ],
    [
      { TALKTIME_TWILIO_API_HOST: 'api.twilio.com' },
      'TALKTIME_TWILIO_API_HOST is "api.twilio.com": it must be the origin of Twilio’s API, such as',
    ],
    [{ TALKTIME_LOG_LEVEL: 'loud' }, 'TALKTIME_LOG_LEVEL is "loud": it must be one of trace, debug, info,'],
  ])('that are wrong are refused with their name and what is accepted: %o', async (env, sentence) => {
    const refusal = load(env)
    await expect(refusal).rejects.toBeInstanceOf(StartProblem)
    await expect(refusal).rejects.toThrow(sentence)
  })

  test('that are wrong are all named at once, one sentence per line', async () => {
    await expect(load({ PORT: 'x', TALKTIME_DEMO: 'x', TALKTIME_PAYMENTS: 'x' })).rejects.toThrow(
      /^PORT is .*\.\nTALKTIME_DEMO is .*\.\nTALKTIME_PAYMENTS is .*\.$/,
    )
  })
})
