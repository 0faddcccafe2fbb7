import type { RoomAssembly } from '../access/index.ts'
import type { WorkspaceCommit } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Commits } from '../platform/commits.ts'
import type { Database } from '../platform/database/database.ts'
import { deleteExpiredEvents } from './event-store.ts'
import { createLiveRoutes } from './routes.ts'
import { createStreams, type Streams } from './streams.ts'

export type LiveDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly commits: Commits<WorkspaceCommit>
  readonly assembly: RoomAssembly
  readonly onError: (error: unknown) => void
}

/** Opens the live streams: listeners hear of this process's commits at once, and of others' within moments. */
export function openLive(deps: LiveDeps): Streams {
  const { database, clock, commits, assembly } = deps
  const streams = createStreams(deps)
  commits.subscribe((committed) => streams.wake(committed.map(({ workspaceId }) => workspaceId)))
  const live = createLiveRoutes({ database, streams })
  assembly.routes(({ access }) => live.routes(access))
  assembly.chore('Looking for live events', 250, () => streams.poll())
  assembly.chore('Deleting expired events', 60_000, () => deleteExpiredEvents(database, clock.now()))
  assembly.worker({ idle: streams.idle, drain: live.close })
  return streams
}
