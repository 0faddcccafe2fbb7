import { tmpdir } from 'node:os'
import type { Http } from './access/index.ts'
import { DIAL_RULES_DEFAULT } from './campaigns/settings.ts'
import { CARD_LIMITS_DEFAULT } from './payments/settings.ts'
import { createAssembly } from './platform/assembly.ts'
import { createSilentCommits } from './platform/commits.ts'
import { createIdempotency } from './platform/idempotency/idempotency.ts'
import { createLog } from './platform/log.ts'
import { mailFolder } from './platform/mail/mail-folder.ts'
import { createMailer } from './platform/mail/mailer.ts'
import { dashboardOrigin } from './platform/origin.ts'
import { createOutbound } from './platform/outbound.ts'
import { openRooms, type Rooms, type RoomsConfig, type RoomsOptions } from './rooms.ts'

/** Settings under which nothing leaves the process: the sandbox bank, the simulated carrier, and mails as files. */
export const quietConfig: RoomsConfig = {
  host: '127.0.0.1',
  port: 0,
  secret: 'a secret for tests, long enough',
  secretPrevious: undefined,
  publicUrl: undefined,
  seller: { name: 'Talktime', address: undefined, taxId: undefined, tax: undefined },
  cardLimits: CARD_LIMITS_DEFAULT,
  dataDir: tmpdir(),
  mail: { smtpUrl: undefined, from: 'Talktime <talktime@localhost>' },
  simulatedPace: 1,
  campaigns: { dialRules: DIAL_RULES_DEFAULT },
  voice: { outbound: 'simulated', twilio: undefined },
  llm: { keys: {}, bases: {}, azureApiVersion: undefined, models: [] },
}

export type QuietRoomsOptions = Pick<RoomsOptions, 'database' | 'clock'> &
  Partial<Pick<RoomsOptions, 'config' | 'log' | 'commits' | 'openPipeline'>>

/**
 * Opens the rooms without a server, for the demo's year, tests and benchmarks. Nothing happens but what the caller does:
 * no chore runs by the clock, commits reach no other room unless `commits` is given, and errors of background work are
 * thrown.
 */
export function openQuietRooms(options: QuietRoomsOptions): Rooms {
  const { database, clock, config = quietConfig } = options
  const log = createLog('silent')
  return openRooms({
    log,
    commits: createSilentCommits(),
    ...options,
    config,
    mailer: createMailer({
      settings: config.mail,
      folder: mailFolder(config.dataDir),
      origin: dashboardOrigin(config),
      log,
    }),
    assembly: createAssembly<Http>(),
    idempotency: createIdempotency({ database, clock, secrets: config }),
    outbound: createOutbound({ allow: [] }),
    onError(error) {
      throw error
    },
  })
}
