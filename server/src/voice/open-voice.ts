import type { RoomAssembly } from '../access/index.ts'
import type { CallEngine } from '../calls/index.ts'
import type { WorkspaceCommit } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Commits } from '../platform/commits.ts'
import type { Database } from '../platform/database/database.ts'
import type { VoiceSettings } from './settings.ts'
import { createSimulatedCarrier } from './simulated/carrier.ts'
import { type SimulatedLife, USUAL_LIFE } from './simulated/life.ts'
import { openTwilio } from './twilio/index.ts'
import { createVoice, type Voice } from './voice.ts'

export type OpenVoiceDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly engine: CallEngine
  readonly commits: Commits<WorkspaceCommit>
  readonly assembly: RoomAssembly
  readonly settings: VoiceSettings
  /** How the simulated carrier's calls differ from the usual ones, and whether it can be reached. */
  readonly simulated: Partial<SimulatedLife> & { readonly reachable?: () => boolean }
  /** Called after an incoming call was rejected because its agent has no voice endpoint. */
  readonly onUnconnected: (agent: { readonly workspaceId: string; readonly id: string }) => Promise<void>
  readonly onError: (error: unknown) => void
}

/** Opens the voice room. Hang-up orders go to the carriers as soon as they are committed. */
export function openVoice(deps: OpenVoiceDeps): Voice {
  const { database, clock, commits, assembly, settings, onError } = deps
  const { reachable, ...life } = deps.simulated
  const simulated = createSimulatedCarrier({
    ...deps,
    life: { ...USUAL_LIFE, ...life },
    ...(reachable && { reachable }),
  })
  const twilio = settings.twilio && openTwilio(settings.twilio, database, onError)
  const voice = createVoice({
    ...deps,
    carriers: [simulated, ...(twilio ? [twilio.carrier] : [])],
    outbound: settings.outbound === 'twilio' && twilio ? twilio.carrier : simulated,
  })
  commits.subscribe((committed) => {
    if (committed.some(({ signals }) => signals.hangUpsOrdered)) voice.wake()
  })
  if (twilio) assembly.routes(() => twilio.routes({ voice, clock }))
  assembly.chore('Delivering reports of the simulated carrier', 250, () =>
    simulated.deliverDue(voice.applyCarrierReport),
  )
  assembly.chore('Sending hang-up orders', 1_000, () => voice.hangUpOrderedCalls())
  assembly.chore('Reconciling calls with their carriers', 2_000, () => voice.reconcile())
  assembly.chore('Deleting expired simulated calls', 60_000, () => simulated.deleteExpired())
  assembly.worker({ start: voice.start, idle: voice.idle, close: voice.idle })
  return voice
}
