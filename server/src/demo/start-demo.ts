import type { Access } from '../access/index.ts'
import type { Config } from '../config.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Payments } from '../payments/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { Logger } from '../platform/log.ts'
import { demoOwner } from './demo-agents.ts'
import { simulate } from './live/simulation.ts'
import { type DemoConfig, findDemo, hasWorkspaces, makeDemo } from './make-demo.ts'
import { keepOwnerPassword } from './owner.ts'
import { isExposed, ownerPassword } from './owner-password.ts'

export type DemoDeps = {
  readonly database: Database
  readonly access: Access
  readonly ledger: Ledger
  readonly clock: Clock
  readonly log: Logger
  readonly payments: Pick<Payments, 'gateway'>
  /** Whether somebody has a dashboard of the workspace open. */
  readonly isWatched: (workspaceId: string) => boolean
  readonly config: DemoConfig & Pick<Config, 'demo' | 'dataDir'>
  /** What the server listens on, such as http://127.0.0.1:4400. */
  readonly address: string
}

export type Demo = {
  /** For the welcome: the demo as it is now, a line a thing to know. Empty where there is none. */
  readonly lines: readonly string[]
  /** The same for a demo that is still being made; empty where nothing more is to be said. Never rejects. */
  readonly laterLines: Promise<readonly string[]>
  /** Ends what runs of it: live calls, or making it. Call it while the server still answers. */
  stop(): Promise<void>
}

/**
 * Sees to the demo of a server that answers already: it is made if the database is empty, in the background and in one
 * go, and then lives on simulated calls.
 *
 * Call it also where the demo is switched off: an owner's account of earlier starts gets a password that fits where
 * the server listens.
 */
export async function startDemo(deps: DemoDeps): Promise<Demo> {
  const { database, config, log } = deps
  const existing = await findDemo(database)
  if (!config.demo) {
    if (existing !== undefined && isExposed(config)) await openTo(deps, existing)
    return noDemo
  }
  if (existing === undefined && (await hasWorkspaces(database))) return noDemo
  const stopping = new AbortController()
  const { signal } = stopping
  const lines = existing === undefined ? [makingLine] : await openTo(deps, existing)
  const made = existing === undefined ? make(deps, signal) : Promise.resolve({ id: existing, lines: [] })
  const running = made
    .then((demo) => demo && simulate({ ...deps, signal, origin: ownOrigin(deps.address) }, demo.id))
    .catch((error: unknown) => log.error({ err: error }, 'The demo’s simulated calls have stopped'))
  return {
    lines,
    laterLines: made.then((demo) => demo?.lines ?? []),
    async stop() {
      stopping.abort()
      await running
    },
  }
}

const makingLine = 'A demo workspace with a year of calls is being made: how to sign in follows in a moment.'

const noDemo: Demo = { lines: [], laterLines: Promise.resolve([]), stop: async () => {} }

type Made = { readonly id: string; readonly lines: readonly string[] }

/** Makes the demo if the database is empty. Undefined where there is none after that. */
async function make(deps: DemoDeps, signal: AbortSignal): Promise<Made | undefined> {
  const { database, access, clock, config, log } = deps
  try {
    const beganAtMs = clock.now()
    const password = await ownerPassword(config)
    const made = await makeDemo({
      database,
      accounts: access.accounts,
      clock,
      config,
      log,
      password,
      signal,
      onlyIfEmpty: true,
    })
    if (made.outcome === 'not_empty') return undefined
    if (made.outcome === 'made') {
      log.info({ calls: made.calls, tookMs: clock.now() - beganAtMs }, 'The demo workspace is ready')
    }
    return { id: made.workspaceId, lines: await openTo(deps, made.workspaceId) }
  } catch (error) {
    if (!signal.aborted)
      log.error({ err: error }, 'The demo workspace was not made; the next start tries again')
    return undefined
  }
}

/** Sets the owner's password. Returns how to sign in. */
async function openTo({ database, access, config }: DemoDeps, workspaceId: string): Promise<string[]> {
  const password = await ownerPassword(config)
  const isIn = await keepOwnerPassword({ database, accounts: access.accounts }, workspaceId, password)
  return isIn ? [`Demo: sign in as ${demoOwner.email} with the password ${password}`] : []
}

/** Where this process reaches a server that listens on `address`, which may stand for every address there is. */
function ownOrigin(address: string): string {
  const url = new URL(address)
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1'
  if (url.hostname === '[::]') url.hostname = '[::1]'
  return url.origin
}
