import type { Registry } from 'prom-client'
import type { Clock } from './clock.ts'
import type { Database } from './database/database.ts'
import { type Pulse, startPulse } from './database/pulse.ts'
import { registerHealthMetrics } from './health-metrics.ts'
import type { Logger } from './log.ts'
import type { ServerClock } from './server-clock.ts'

/** Before anything is stamped, the clock is compared this often: the fastest answer is the most exact one. */
const FIRST_COMPARISONS = 5

/** Starts the pulse of a server's database. With a clock that can be compared, it waits for the first comparisons. */
export async function watchDatabase(deps: {
  readonly database: Database
  readonly clock: Clock | ServerClock
  readonly log: Logger
  readonly registry: Registry
}): Promise<Pulse> {
  const { database, log, registry } = deps
  const clock = 'observe' in deps.clock ? deps.clock : undefined
  registerHealthMetrics(registry, { database, clock })
  const pulse = startPulse({ database, log, onSample: clock?.observe })
  if (clock) await pulse.beaten(FIRST_COMPARISONS)
  return pulse
}
