import type { RoomAssembly } from '../access/index.ts'
import type { WorkspaceCommit } from '../ledger/index.ts'
import type { Commits } from '../platform/commits.ts'
import { createLiveRoutes } from './routes.ts'
import { createStreams, type StreamDeps, type Streams } from './streams.ts'

export type LiveDeps = StreamDeps & {
  readonly commits: Commits<WorkspaceCommit>
  readonly assembly: RoomAssembly
}

/** How often commits of other processes are looked for. */
const POLL_MS = 250

/** Opens the live streams. Listeners get this process's commits at once, and those of others within moments. */
export function openLive(deps: LiveDeps): Streams {
  const { database, commits, assembly } = deps
  const streams = createStreams(deps)
  commits.subscribe((committed) => streams.wake(committed.map(({ workspaceId }) => workspaceId)))
  const live = createLiveRoutes({ database, streams })
  assembly.routes(({ access }) => live.routes(access))
  assembly.chore('Looking for live events', POLL_MS, () => streams.poll())
  assembly.worker({ idle: streams.idle, drain: live.close })
  return streams
}
