import { type CallEngine, type CallRow, loadCalls } from '../calls/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { Carrier, CarrierName } from './carrier.ts'
import type { AgentToCall, LegRow } from './leg-store.ts'

export type VoiceDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly engine: CallEngine
  /** All carriers that are set up. */
  readonly carriers: readonly Carrier[]
  /** The carrier that outbound calls go through. */
  readonly outbound: Carrier
  /** Called after an incoming call was rejected because its agent has no voice endpoint. */
  readonly onUnconnected: (agent: AgentToCall) => Promise<void>
  /** Receives errors of work that will be tried again. */
  readonly onError: (error: unknown) => void
}

/** What the steps of this room work with. */
export type VoiceContext = VoiceDeps & {
  /** Runs work that nobody waits for. `onError` receives its error. */
  readonly runInBackground: (work: Promise<unknown>) => void
}

/** Finds a carrier that is set up. Undefined for one that was set up once and no longer is. */
export function findCarrier(
  { carriers }: Pick<VoiceDeps, 'carriers'>,
  name: CarrierName,
): Carrier | undefined {
  return carriers.find((carrier) => carrier.name === name)
}

/** Loads the call of a leg. Undefined if only the leg was recorded so far. */
export async function loadCallOfLeg(
  { database }: Pick<VoiceDeps, 'database'>,
  { workspaceId, callId }: Pick<LegRow, 'workspaceId' | 'callId'>,
): Promise<CallRow | undefined> {
  return (await loadCalls(database, workspaceId, [callId]))[0]
}
