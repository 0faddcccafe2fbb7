import { mkdtemp, rm, stat } from 'node:fs/promises'
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

describe('a server at a public address', () => {
  const publicUrl = { TALKTIME_PUBLIC_URL: 'https://talktime.example.com' }
  const stripe = {
    TALKTIME_PAYMENTS: 'stripe',
    TALKTIME_STRIPE_SECRET_KEY: 'sk_live_1',
    TALKTIME_STRIPE_WEBHOOK_SECRET: 'whsec_1',
  }
  const production = { ...publicUrl, ...stripe, TALKTIME_DEMO: 'off', TALKTIME_SECRET: 'x'.repeat(32) }

  test.each([
    [
      publicUrl,
      'set TALKTIME_PAYMENTS=stripe, TALKTIME_DEMO=off, and TALKTIME_SECRET (at least 32 random characters), or',
    ],
    [{ ...production, TALKTIME_DEMO: '' }, 'set TALKTIME_DEMO=off, or TALKTIME_ALLOW_SANDBOX=on'],
    [{ ...production, TALKTIME_PAYMENTS: 'sandbox' }, 'set TALKTIME_PAYMENTS=stripe, or'],
    [{ ...production, TALKTIME_SECRET: '' }, 'set TALKTIME_SECRET (at least 32 random characters), or'],
  ])('does not start as if it was on a desk: one sentence says what to set: %o', async (env, what) => {
    const refusal = load(env)
    await expect(refusal).rejects.toBeInstanceOf(StartProblem)
    await expect(refusal).rejects.toThrow(
      `TALKTIME_PUBLIC_URL is https://talktime.example.com, where strangers reach this server: ${what}`,
    )
    await expect(stat(join(folder, 'secret'))).rejects.toThrow('ENOENT')
  })

  test.each([
    production,
    { ...publicUrl, TALKTIME_ALLOW_SANDBOX: 'on' },
    { TALKTIME_PUBLIC_URL: 'https://localhost:4400' },
    { TALKTIME_PUBLIC_URL: 'https://127.0.0.1:4400' },
    { TALKTIME_PUBLIC_URL: 'https://[::1]:4400' },
    { TALKTIME_PUBLIC_URL: 'http://talktime.lan' },
  ])('starts with what it needs, where it is only tried out, or on this machine alone: %o', async (env) => {
    await load(env)
  })
})
