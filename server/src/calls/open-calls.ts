import type { RoomAssembly } from '../access/index.ts'
import type { Ledger, WorkspaceCommit } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Commits } from '../platform/commits.ts'
import type { Database } from '../platform/database/database.ts'
import type { Pipeline } from '../platform/database/pipeline.ts'
import { callBatchRoute } from './batch-route.ts'
import { chargeUntilBoundary } from './charge-until-boundary.ts'
import { type CallEngine, createCallEngine } from './engine.ts'
import { callReadRoutes } from './read-routes.ts'
import { createReaper } from './reaper.ts'
import { callRoutes } from './routes.ts'
import { endDueTestCalls, testCallRoutes } from './test-call-routes.ts'

export type CallsDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Ledger
  readonly commits: Commits<WorkspaceCommit>
  readonly assembly: RoomAssembly
  /** Opens the pipelines that the engine's batches run on. Left out: each is a connection of its own to the database. */
  readonly openPipeline?: (() => Pipeline) | undefined
}

/** Opens the calls room. From now on, live calls are cut at boundaries. */
export function openCalls(deps: CallsDeps): CallEngine {
  const { ledger, assembly } = deps
  const engine = createCallEngine(deps)
  const reaper = createReaper({ ...deps, engine })
  ledger.setBoundaryStep('chargeUntilBoundary', chargeUntilBoundary)
  assembly.routes((http) => callRoutes({ ...deps, ...http, engine }))
  assembly.routes((http) => callBatchRoute({ ...deps, ...http, engine }))
  assembly.routes((http) => callReadRoutes({ ...deps, ...http }))
  assembly.routes((http) => testCallRoutes({ ...deps, ...http, engine }))
  assembly.chore('Ending test calls', 1_000, () => endDueTestCalls({ ...deps, engine }))
  assembly.chore('Closing lost calls', 2_000, () => reaper.runOnce())
  assembly.worker({ close: engine.close })
  return engine
}
