import type { Access } from '../access/index.ts'
import type { Config } from '../config.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Payments } from '../payments/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { Logger } from '../platform/log.ts'
import { createDemo, type DemoConfig } from './create-demo.ts'
import { DEMO_OWNER } from './demo-agents.ts'
import { findDemo, hasWorkspaces } from './demo-store.ts'
import { runSimulation } from './live/simulation.ts'
import { isExposed, readOwnerPassword } from './owner-password.ts'
import { setOwnerPassword } from './set-owner-password.ts'

export type DemoDeps = {
  readonly database: Database
  readonly access: Access
  readonly ledger: Ledger
  readonly clock: Clock
  readonly log: Logger
  readonly payments: Pick<Payments, 'gateway'>
  /** Whether a dashboard of the workspace is open. */
  readonly isWatched: (workspaceId: string) => boolean
  readonly config: DemoConfig & Pick<Config, 'demo' | 'dataDir'>
  /** The address the server listens on, such as http://127.0.0.1:4400. */
  readonly address: string
}

export type Demo = {
  /** Lines about the demo for the welcome in the terminal. Empty if there is no demo. */
  readonly lines: readonly string[]
  /** Lines to print once a demo that is being created is ready. Empty if there is nothing to add. Never rejects. */
  readonly laterLines: Promise<readonly string[]>
  /** Ends the live calls of the simulation, or aborts the creation. Call it while the server still answers requests. */
  stop(): Promise<void>
}

/**
 * Starts the demo of a server that already answers requests. On an empty database the demo is created in the background,
 * in one transaction. A simulated voice stack then makes calls in it.
 *
 * Call it also if the demo is switched off: a demo owner from earlier starts still needs a password that is safe for the
 * address where the server listens now.
 */
export async function startDemo(deps: DemoDeps): Promise<Demo> {
  const { database, config, log } = deps
  const existing = await findDemo(database)
  if (!config.demo) {
    if (existing !== undefined && isExposed(config)) await prepareSignIn(deps, existing)
    return noDemo
  }
  if (existing === undefined && (await hasWorkspaces(database))) return noDemo
  const stopping = new AbortController()
  const { signal } = stopping
  const lines = existing === undefined ? [creatingLine] : await prepareSignIn(deps, existing)
  const ready =
    existing === undefined ? createInBackground(deps, signal) : Promise.resolve({ id: existing, lines: [] })
  const running = ready
    .then((demo) => demo && runSimulation({ ...deps, signal, origin: toLocalOrigin(deps.address) }, demo.id))
    .catch((error: unknown) => log.error({ err: error }, 'The demo’s simulated calls have stopped'))
  return {
    lines,
    laterLines: ready.then((demo) => demo?.lines ?? []),
    async stop() {
      stopping.abort()
      await running
    },
  }
}

const creatingLine = 'Creating a demo workspace with a year of calls. How to sign in follows in a moment.'

const noDemo: Demo = { lines: [], laterLines: Promise.resolve([]), stop: async () => {} }

type ReadyDemo = { readonly id: string; readonly lines: readonly string[] }

/** Creates the demo if the database is still empty. Returns undefined if there is no demo afterwards. Never rejects. */
async function createInBackground(deps: DemoDeps, signal: AbortSignal): Promise<ReadyDemo | undefined> {
  const { database, access, clock, config, log } = deps
  try {
    const startedAtMs = clock.now()
    const password = await readOwnerPassword(config)
    const created = await createDemo({
      database,
      accounts: access.accounts,
      clock,
      config,
      log,
      password,
      signal,
      onlyIfEmpty: true,
    })
    if (created.outcome === 'not_empty') return undefined
    if (created.outcome === 'created') {
      log.info({ calls: created.calls, tookMs: clock.now() - startedAtMs }, 'The demo workspace is ready')
    }
    return { id: created.workspaceId, lines: await prepareSignIn(deps, created.workspaceId) }
  } catch (error) {
    if (!signal.aborted)
      log.error({ err: error }, 'The demo workspace could not be created. The next start tries again.')
    return undefined
  }
}

/** Sets the owner's password and returns the line that says how to sign in. Empty if the owner has left the workspace. */
async function prepareSignIn({ database, access, config }: DemoDeps, workspaceId: string): Promise<string[]> {
  const password = await readOwnerPassword(config)
  const isMember = await setOwnerPassword({ database, accounts: access.accounts }, workspaceId, password)
  return isMember ? [`Demo: sign in as ${DEMO_OWNER.email} with the password ${password}`] : []
}

/** The origin at which this process reaches its own server. A wildcard address becomes the loopback address. */
function toLocalOrigin(address: string): string {
  const url = new URL(address)
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1'
  if (url.hostname === '[::]') url.hostname = '[::1]'
  return url.origin
}
