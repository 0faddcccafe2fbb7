import { setTimeout as pause } from 'node:timers/promises'
import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { type Access, createKey, listKeys, revokeKey } from '../../access/index.ts'
import type { Ledger } from '../../ledger/index.ts'
import type { Payments } from '../../payments/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import { startInterval } from '../../platform/interval.ts'
import type { Logger } from '../../platform/log.ts'
import { createSeededRandom } from '../../platform/seeded-random.ts'
import { DEMO_AGENTS } from '../demo-agents.ts'
import { takeSimulationLock } from '../demo-store.ts'
import type { CallHabits } from '../planned-call.ts'
import { createCallVolume } from './call-volume.ts'
import { restartDemoCampaign } from './restart-demo-campaign.ts'
import { createSimulatedStack, type SimulatedStack } from './simulated-stack.ts'
import { ApiFailure, createStackApi, type StackAgent } from './stack-api.ts'
import { topUpDemo } from './top-up-demo.ts'

export type SimulationDeps = {
  readonly database: Database
  readonly access: Access
  readonly ledger: Ledger
  readonly clock: Clock
  readonly log: Logger
  /** The gateway through which the workspace would buy credits. */
  readonly payments: Pick<Payments, 'gateway'>
  /** Whether a dashboard of the workspace is open. */
  readonly isWatched: (workspaceId: string) => boolean
  /** The origin of the server, such as http://127.0.0.1:4400. */
  readonly origin: string
  /** Ends the simulation. */
  readonly signal: AbortSignal
}

const LOCK_RETRY_MS = 15 * SECOND_MS
const TOP_UP_MS = 10 * SECOND_MS
const RESTART_CAMPAIGN_MS = MINUTE_MS
const keyName = 'Simulated voice stack'

/**
 * Runs a simulated voice stack that makes calls in the workspace over HTTP, with an API key of its own, until the signal
 * aborts. It then ends its calls and revokes its key. If several servers run on one database, one of them runs the
 * simulation, and another one takes over when that server is gone.
 *
 * Returns early if somebody revokes the key: the calls then stop until the next start.
 */
export async function runSimulation(deps: SimulationDeps, workspaceId: string): Promise<void> {
  const { signal, log } = deps
  while (!signal.aborted) {
    const lock = await takeSimulationLock(deps)
    try {
      if (lock !== undefined) {
        await runWithLock(AbortSignal.any([signal, lock.lost]), deps, workspaceId)
        if (!signal.aborted && !lock.lost.aborted) return
      }
    } catch (error) {
      log.warn({ err: error }, 'The simulated calls were interrupted. They continue in a moment.')
    } finally {
      await lock?.release()
    }
    await pause(LOCK_RETRY_MS, undefined, { signal }).catch(() => {})
  }
}

/** Runs the stack and its chores until the signal aborts or the stack's API key is refused. */
async function runWithLock(until: AbortSignal, deps: SimulationDeps, workspaceId: string): Promise<void> {
  const { clock, log } = deps
  const chores = [
    startInterval(
      TOP_UP_MS,
      () => topUpDemo(deps, workspaceId),
      (error) => log.warn({ err: error }, 'The demo’s credits could not be topped up'),
    ),
    startInterval(
      RESTART_CAMPAIGN_MS,
      () => restartDemoCampaign(deps, workspaceId),
      (error) => log.warn({ err: error }, 'The demo’s campaign could not be restarted'),
    ),
  ]
  try {
    const key = await createStackKey(deps, workspaceId)
    const chance = createSeededRandom(clock.now())
    const stack = createSimulatedStack({
      api: createStackApi(deps.origin, key),
      clock,
      chance,
      log,
      chooseHabits,
      callVolume: createCallVolume({
        chance,
        startsAtMs: clock.now(),
        isWatched: () => deps.isWatched(workspaceId),
      }),
    })
    try {
      await runStack(stack, clock, until)
    } finally {
      await stack.hangUpAll()
    }
    await revokeKeys(deps, workspaceId)
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error
    log.warn('The API key of the simulated voice stack was revoked. It makes no calls until the next start.')
  } finally {
    await Promise.all(chores.map((chore) => chore.stop()))
  }
}

async function runStack(stack: SimulatedStack, clock: Clock, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    await pause(Math.max(0, stack.findNextAtMs() - clock.now()), undefined, { signal: until }).catch(() => {})
    if (!until.aborted) await stack.step()
  }
}

/** Creates the API key of this run. A key that an earlier run left behind is revoked. */
async function createStackKey(deps: SimulationDeps, workspaceId: string): Promise<string> {
  await revokeKeys(deps, workspaceId)
  const { key } = await createKey(deps.database, { name: keyName, workspaceId }, deps.clock.now())
  return key
}

async function revokeKeys({ database, access, clock }: SimulationDeps, workspaceId: string): Promise<void> {
  const keys = await listKeys(database, workspaceId, { beforeId: undefined, limit: 200 })
  for (const { id, name, createdBy } of keys) {
    if (name !== keyName || createdBy !== null) continue
    const { hash } = await database.transaction((tx) => revokeKey(tx, workspaceId, id, clock.now()))
    access.dropCached({ kind: 'key', name: hash })
  }
}

/** The habits of an agent that somebody added to the demo. */
const inboundHabits: Omit<CallHabits, 'phoneNumber'> = {
  direction: 'inbound',
  callsShare: 0.1,
  answeredShare: 0.94,
  failedShare: 0.01,
  talkMsMedian: 90_000,
  talkSpread: 0.8,
}

/** An agent of the demo keeps its own habits, unless it was changed between phone and web calls. */
function chooseHabits({ name, phoneNumber }: StackAgent): CallHabits {
  const known = DEMO_AGENTS.find((agent) => agent.name === name)
  if (known !== undefined && (known.phoneNumber === null) === (phoneNumber === null)) {
    return { ...known, phoneNumber }
  }
  return phoneNumber === null
    ? { ...inboundHabits, direction: 'web', phoneNumber }
    : { ...inboundHabits, phoneNumber }
}
