// Every process of PostgreSQL stands still (SIGSTOP), as on a frozen machine, and goes on later (SIGCONT).
import { type StoppedPostgres, stopPostgres } from '../../server/test/stop-postgres.ts'
import { attack } from './kit/attack.ts'
import { reportOutage } from './kit/outage.ts'
import { openWorld } from './kit/world.ts'

await attack('PostgreSQL stands still', async (report) => {
  const world = await openWorld(report)
  let stopped: StoppedPostgres | undefined
  report.defer(async () => stopped?.resume())
  await reportOutage(report, world, {
    async begin() {
      stopped = await stopPostgres(world.postgres.folder)
    },
    async end() {
      stopped?.resume()
    },
  })
})
