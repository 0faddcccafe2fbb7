import { MINUTE_MS } from '@talktime/core/time/durations'
import type { RoomAssembly } from '../access/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Commits } from '../platform/commits.ts'
import type { Database } from '../platform/database/database.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { invariant } from '../platform/problem.ts'
import type { BoundarySteps } from './boundaries.ts'
import { findDueBoundaries, isBoundaryDue } from './boundary-store.ts'
import { createChangeWorkspace } from './change-workspace.ts'
import type { Ledger } from './ledger.ts'
import { deleteExpiredEvents } from './retention.ts'
import { ledgerRoutes } from './routes.ts'
import type { WorkspaceCommit } from './unit.ts'

export type LedgerDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly commits: Commits<WorkspaceCommit>
  readonly idempotency: Idempotency
  readonly assembly: RoomAssembly
  /** When the workspace's billing cycle ends, in epoch milliseconds. */
  readonly cycleEndsAtMs: (workspaceId: string) => Promise<number>
}

const DUE_MAX = 100

export function openLedger(deps: LedgerDeps): Ledger {
  const { database, clock, idempotency, assembly } = deps
  const steps: Partial<BoundarySteps> = {}
  const change = {
    ...deps,
    steps: {
      chargeUntilBoundary: (...args) => requireStep(steps, 'chargeUntilBoundary')(...args),
      renew: (...args) => requireStep(steps, 'renew')(...args),
    } satisfies BoundarySteps,
  }
  const changeWorkspace = createChangeWorkspace(change)
  /** For those that wait for it in the middle of a call. */
  const changeUrgently = createChangeWorkspace({ ...change, database: { ...database, ...database.urgent } })

  /** Whoever changes a workspace passes its boundaries; changing nothing else passes them too. */
  const passBoundaries = (workspaceId: string) => changeWorkspace(workspaceId, async () => {})

  const ledger: Ledger = {
    changeWorkspace,
    command: (request, reply, workspaceId, work, options) =>
      idempotency.commandIn(
        request,
        reply,
        (once, serialize) =>
          changeWorkspace(workspaceId, async (change) => serialize(await work(change)), { once }),
        options,
      ),
    async catchUp(workspaceIds) {
      for (const workspaceId of new Set(workspaceIds)) await changeUrgently(workspaceId, async () => {})
    },
    async catchUpIfDue(workspaceId) {
      if (await isBoundaryDue(database, workspaceId, clock.now())) await passBoundaries(workspaceId)
    },
    catchUpDue: (limit) => catchUpDue(deps, passBoundaries, limit),
    setBoundaryStep(step, work) {
      invariant(steps[step] === undefined, `The boundary step ${step} is set once`)
      steps[step] = work
    },
  }
  assembly.chore('Passing boundaries', 1_000, () => ledger.catchUpDue(DUE_MAX))
  assembly.chore('Deleting expired events', MINUTE_MS, () => deleteExpiredEvents(database, clock.now()))
  assembly.routes((http) => ledgerRoutes({ ...deps, ...http, ledger }))
  return ledger
}

function requireStep<Step extends keyof BoundarySteps>(
  steps: Partial<BoundarySteps>,
  step: Step,
): BoundarySteps[Step] {
  const work = steps[step]
  invariant(work, `No room has set the boundary step ${step}`)
  return work
}

async function catchUpDue(
  { database, clock }: LedgerDeps,
  passBoundaries: (workspaceId: string) => Promise<void>,
  limit: number,
): Promise<number> {
  const due = await findDueBoundaries(database, clock.now(), limit)
  const failures: unknown[] = []
  for (const workspaceId of due) {
    await passBoundaries(workspaceId).catch((error: unknown) => failures.push(error))
  }
  if (failures.length === 0) return due.length
  throw new AggregateError(failures, `${failures.length} of ${due.length} workspaces remain at a boundary`)
}
