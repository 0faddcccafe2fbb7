import { createDialer, type Dialer } from '../src/campaigns/index.ts'
import { openQuietRooms } from '../src/quiet-rooms.ts'
import { createSimulatedCarrier, createVoice, type SimulatedLife, usualLife } from '../src/voice/index.ts'
import type { TestApp } from './app.ts'
import { Died, type Life, lifeOf, mortalDatabase } from './killable-process.ts'

/**
 * A server process that carries campaigns on until it dies, before or after any of its steps: queries and transactions
 * of the dialer and of the voice room, and asking the carrier.
 */
export function mortalDialer(
  t: Pick<TestApp, 'app' | 'database' | 'clock'>,
  simulatedLife: Partial<SimulatedLife>,
  stepsMax: number,
): { readonly dialer: Dialer; readonly life: Life } {
  const { clock } = t
  const life = lifeOf(stepsMax)
  const database = mortalDatabase(t.database, life)
  const onError = (error: unknown) => {
    if (!(error instanceof Died)) throw error
  }
  const simulated = createSimulatedCarrier({
    database: t.database,
    clock,
    life: { ...usualLife, ...simulatedLife },
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
