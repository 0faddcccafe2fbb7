import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Answer, CommandOptions } from '../platform/idempotency/idempotency.ts'
import type { BoundarySteps } from './boundaries.ts'
import type { Change, ChangeWorkspace } from './change-workspace.ts'

/** Workspaces' credits: how they are changed, and how readers see them without a boundary that is overdue. */
export type Ledger = {
  readonly changeWorkspace: ChangeWorkspace
  /**
   * Runs the command of an HTTP request through `changeWorkspace`, once for each Idempotency-Key.
   *
   * @returns what the route's handler returns
   */
  command<Body>(
    request: FastifyRequest,
    reply: FastifyReply,
    workspaceId: string,
    work: (change: Change) => Promise<Answer<Body>>,
    options?: CommandOptions,
  ): Promise<Body>
  /** Passes every boundary of the workspaces that is due. Workspaces are done one after the other. */
  catchUp(workspaceIds: Iterable<string>): Promise<void>
  /** Passes the workspace's boundaries for a reader; takes no lock where none is due. */
  catchUpIfDue(workspaceId: string): Promise<void>
  /**
   * Passes the boundaries of at most `limit` workspaces in which one is due. Returns how many there were. One that
   * fails holds up no other; an AggregateError reports it afterwards.
   */
  catchUpDue(limit: number): Promise<number>
  /** Tells the ledger what a boundary means to a room above it. Each step is set once, before the first boundary. */
  setBoundaryStep<Step extends keyof BoundarySteps>(step: Step, work: BoundarySteps[Step]): void
}
