// The network between two servers and their database swallows everything: connections stay open, and nothing arrives.
import { openSeverableProxy } from '../../server/test/severable-proxy.ts'
import { formatDatabaseUrl } from '../postgres.ts'
import { attack } from './kit/attack.ts'
import { reportOutage } from './kit/outage.ts'
import { openWorld } from './kit/world.ts'

await attack('Black hole between servers and database', async (report) => {
  const world = await openWorld(report, { servers: 0 })
  const proxy = await openSeverableProxy(Number(world.connection.port))
  report.defer(async () => proxy.close())
  const databaseUrl = formatDatabaseUrl({ ...world.connection, port: proxy.port })
  await world.addServer({ databaseUrl })
  await world.addServer({ databaseUrl })
  await reportOutage(report, world, {
    async begin() {
      proxy.swallow()
    },
    end: () => proxy.restore(),
  })
})
