import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type Access, createKey, listKeys, revokeKey } from '../../access/index.ts'
import type { Ledger } from '../../ledger/index.ts'
import type { Payments } from '../../payments/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import { startInterval } from '../../platform/interval.ts'
import type { Logger } from '../../platform/log.ts'
import { createSeededRandom } from '../../platform/seeded-random.ts'
import { cast } from '../demo-agents.ts'
import type { CallHabits } from '../planned-call.ts'
import { createPace } from './call-volume.ts'
import { keepCampaign } from './restart-demo-campaign.ts'
import { createSimulatedStack, type SimulatedStack } from './simulated-stack.ts'
import { ApiFailure, createStackApi, type StackAgent } from './stack-api.ts'
import { keepCredits } from './top-up-demo.ts'

export type SimulationDeps = {
  readonly database: Database
  readonly access: Access
  readonly ledger: Ledger
  readonly clock: Clock
  readonly log: Logger
  /** Through what the workspace would buy credits. */
  readonly payments: Pick<Payments, 'gateway'>
  /** Whether somebody has a dashboard of the workspace open. */
  readonly isWatched: (workspaceId: string) => boolean
  /** Where the server answers, such as http://127.0.0.1:4400. */
  readonly origin: string
  /** Ends the simulation. */
  readonly signal: AbortSignal
}

/** Any number will do: of the servers on one database the one that holds this advisory lock simulates. */
const simulationLock = 7_314_402
const lockRetryMs = 15_000
const creditsLookMs = 10_000
const campaignLookMs = 60_000
const keyName = 'Simulated voice stack'

/**
 * Lets a simulated voice stack make calls in the workspace, over HTTP and with a key of its own, until it is aborted.
 * Its calls are then ended and its key is revoked. Of several servers on one database one does it, and another takes
 * over when that one is gone.
 */
export async function simulate(deps: SimulationDeps, workspaceId: string): Promise<void> {
  const { signal, log } = deps
  while (!signal.aborted) {
    const lock = await takeLock(deps)
    try {
      if (lock !== undefined) {
        await simulateUntil(AbortSignal.any([signal, lock.lost]), deps, workspaceId)
        if (!signal.aborted && !lock.lost.aborted) return
      }
    } catch (error) {
      log.warn({ err: error }, 'The simulated calls broke off; they go on in a moment')
    } finally {
      await lock?.release()
    }
    await pause(lockRetryMs, undefined, { signal }).catch(() => {})
  }
}

/** Returns when it is aborted, or when the stack's key is no longer good. */
async function simulateUntil(until: AbortSignal, deps: SimulationDeps, workspaceId: string): Promise<void> {
  const { clock, log } = deps
  const keepers = [
    startInterval(
      creditsLookMs,
      () => keepCredits(deps, workspaceId),
      (error) => log.warn({ err: error }, 'The demo’s credits were not looked after'),
    ),
    startInterval(
      campaignLookMs,
      () => keepCampaign(deps, workspaceId),
      (error) => log.warn({ err: error }, 'The demo’s campaign was not looked after'),
    ),
  ]
  try {
    const key = await freshKey(deps, workspaceId)
    const chance = createSeededRandom(clock.now())
    const stack = createSimulatedStack({
      api: createStackApi(deps.origin, key),
      clock,
      chance,
      log,
      habitsOf,
      pace: createPace({ chance, startsAtMs: clock.now(), isWatched: () => deps.isWatched(workspaceId) }),
    })
    try {
      await runStack(stack, clock, until)
    } finally {
      await stack.hangUpAll()
    }
    await revokeKeys(deps, workspaceId)
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error
    log.warn('The key of the simulated voice stack was revoked: it makes no more calls until the next start')
  } finally {
    await Promise.all(keepers.map((keeper) => keeper.stop()))
  }
}

async function runStack(stack: SimulatedStack, clock: Clock, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    await pause(Math.max(0, stack.nextAtMs() - clock.now()), undefined, { signal: until }).catch(() => {})
    if (!until.aborted) await stack.step()
  }
}

type Lock = {
  /** Aborted when the lock is lost: it lasts as long as its connection. */
  readonly lost: AbortSignal
  release(): Promise<void>
}

/** Tries once; undefined where another has it, or the database is not there. */
async function takeLock({ database, log }: SimulationDeps): Promise<Lock | undefined> {
  const client = new pg.Client({ ...database.connection, keepAlive: true })
  const lost = new AbortController()
  client.on('error', () => lost.abort())
  client.on('end', () => lost.abort())
  const release = () => client.end().catch(() => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
      simulationLock,
    ])
    if (rows[0]?.locked) return { lost: lost.signal, release }
  } catch (error) {
    log.debug({ err: error }, 'The demo cannot reach the database')
  }
  await release()
  return undefined
}

/** A new key for this run; one that an earlier run left behind is revoked. */
async function freshKey(deps: SimulationDeps, workspaceId: string): Promise<string> {
  await revokeKeys(deps, workspaceId)
  const { key } = await createKey(deps.database, { name: keyName, workspaceId }, deps.clock.now())
  return key
}

async function revokeKeys({ database, access, clock }: SimulationDeps, workspaceId: string): Promise<void> {
  const keys = await listKeys(database, workspaceId, { beforeId: undefined, limit: 200 })
  for (const { id, name, createdBy } of keys) {
    if (name !== keyName || createdBy !== null) continue
    const hash = await database.transaction((tx) => revokeKey(tx, workspaceId, id, clock.now()))
    access.forget({ kind: 'key', name: hash })
  }
}

/** What the calls of an agent that somebody added to the demo are like. */
const inboundHabits: Omit<CallHabits, 'phoneNumber'> = {
  direction: 'inbound',
  callsShare: 0.1,
  answeredShare: 0.94,
  failedShare: 0.01,
  talkMsMedian: 90_000,
  talkSpread: 0.8,
}

function habitsOf({ name, phoneNumber }: StackAgent): CallHabits {
  const known = cast.find((agent) => agent.name === name)
  if (known !== undefined && (known.phoneNumber === null) === (phoneNumber === null)) {
    return { ...known, phoneNumber }
  }
  return phoneNumber === null
    ? { ...inboundHabits, direction: 'web', phoneNumber }
    : { ...inboundHabits, phoneNumber }
}
