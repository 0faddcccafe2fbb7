import { Gauge, type Registry } from 'prom-client'
import type { Database } from './database/database.ts'
import type { ServerClock } from './server-clock.ts'

/** Registers what to watch about the database and the clock. */
export function registerHealthMetrics(
  registry: Registry,
  { database, clock }: { readonly database: Database; readonly clock: ServerClock | undefined },
): void {
  const registers = [registry]
  new Gauge({
    name: 'talktime_database_up',
    help: '1 while the database answers, 0 while it does not.',
    registers,
    collect() {
      this.set(database.link.isDown ? 0 : 1)
    },
  })
  new Gauge({
    name: 'talktime_database_waiting_queries',
    help: 'Queries that wait for a free connection of the pool.',
    registers,
    collect() {
      this.set(database.waitingCount)
    },
  })
  if (clock === undefined) return
  new Gauge({
    name: 'talktime_clock_skew_seconds',
    help: 'How far the system clock is ahead of the database’s.',
    registers,
    collect() {
      this.set((clock.skewMs() ?? 0) / 1000)
    },
  })
}
