import { createDialer, type Dialer } from '../src/campaigns/index.ts'
import { openQuietRooms } from '../src/quiet-rooms.ts'
import { createSimulatedCarrier, createVoice, type SimulatedLife, USUAL_LIFE } from '../src/voice/index.ts'
import type { TestApp } from './app.ts'
import { createLife, killableDatabase, ProcessKilled, type ProcessLife } from './killable-process.ts'

/**
 * The dialer of a server process that is killed after `stepsMax` steps. A step comes before and after each query and
 * transaction of the dialer and of the voice room, and before and after each order to the carrier.
 */
export function createKillableDialer(
  t: Pick<TestApp, 'app' | 'database' | 'clock'>,
  simulatedLife: Partial<SimulatedLife>,
  stepsMax: number,
): { readonly dialer: Dialer; readonly life: ProcessLife } {
  const { clock } = t
  const life = createLife(stepsMax)
  const database = killableDatabase(t.database, life)
  const onError = (error: unknown) => {
    if (!(error instanceof ProcessKilled)) throw error
  }
  const simulated = createSimulatedCarrier({
    database: t.database,
    clock,
    life: { ...USUAL_LIFE, ...simulatedLife },
    onError,
  })
  const carrier: typeof simulated = {
    ...simulated,
    async place(order) {
      life.step()
      const placed = await simulated.place(order)
      life.step()
      return placed
    },
  }
  const { engine } = t.app
  const voice = createVoice({
    database,
    clock,
    engine,
    carriers: [carrier],
    outbound: carrier,
    onUnconnected: async () => {},
    onError,
  })
  const { ledger } = openQuietRooms({ database, clock })
  const dialer = createDialer({ database, clock, ledger, voice, onError })
  return { dialer, life }
}
