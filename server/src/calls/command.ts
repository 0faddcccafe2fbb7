import type { IdempotencyRecord, IdempotencyRef } from '../platform/idempotency/idempotency-store.ts'
import type { ProblemType } from '../platform/problem.ts'
import type { CallRow, Direction, HangUpReason } from './call-row.ts'

/** Names a call: by our id (the UUID in it) or by the voice stack's. */
export type CallTarget = { readonly callId: string } | { readonly externalId: string }

/**
 * One thing to be done to a call. `atMs` is when it happened by the voice stack's clock (epoch milliseconds);
 * null: now.
 */
export type CallCommand =
  | {
      readonly type: 'start'
      readonly workspaceId: string
      /** The UUID the call gets. */
      readonly callId: string
      readonly agentId: string
      readonly direction: Direction
      readonly from: string | null
      readonly to: string | null
      readonly externalId: string | null
      readonly atMs: number | null
      /** The campaign that dials it; left out: none. */
      readonly campaignId?: string | null
      /** The carrier that Talktime itself speaks to about it; left out: the voice stack tells of it by itself. */
      readonly carrier?: string | null
    }
  | {
      readonly type: 'answer'
      readonly workspaceId: string
      readonly target: CallTarget
      readonly atMs: number | null
      /** A carrier that was asked said so: any instant of the past is taken. */
      readonly vouched?: boolean
    }
  | {
      readonly type: 'end'
      readonly workspaceId: string
      readonly target: CallTarget
      readonly atMs: number | null
      readonly reason: string | null
      /** A carrier that was asked said so: any instant of the past is taken. */
      readonly vouched?: boolean
    }
  | { readonly type: 'heartbeat'; readonly workspaceId: string; readonly target: CallTarget }
  /** The voice stack is to hang up; a call that is over stays as it is. */
  | {
      readonly type: 'hang_up'
      readonly workspaceId: string
      readonly target: CallTarget
      readonly reason: HangUpReason
    }
  /** The reaper's: to be looked at, and closed if the time for it has come. */
  | {
      readonly type: 'reap'
      readonly workspaceId: string
      readonly target: CallTarget
      /** Since when heartbeats could reach us without a break. */
      readonly listeningSinceMs: number
    }

/** What came of a command. */
export type CallOutcome =
  | {
      readonly outcome: 'call'
      readonly call: CallRow
      /** Whether this command made it. */
      readonly created: boolean
      /** The workspace's balance right after, in milliseconds of talk time. */
      readonly balanceMs: number
      /** Whether the conversation may go on, by balance, setting, hard stop and what was ordered. */
      readonly mayContinue: boolean
    }
  | {
      readonly outcome: 'problem'
      readonly problem: ProblemType
      readonly detail: string
      readonly pointer?: string
    }

/** A command with what makes its repeats harmless: the answer is kept in the transaction that did the work. */
export type Submission = {
  readonly command: CallCommand
  readonly idempotency?:
    | {
        readonly ref: IdempotencyRef
        /** The answer to be kept. Problems are not kept: nothing was done. */
        readonly answerOf: (outcome: CallDecided) => { readonly status: number; readonly body: string }
      }
    | undefined
}

export type CallDecided = Extract<CallOutcome, { outcome: 'call' }>

/** The command came before under the same Idempotency-Key: nothing was done again. */
export type Replayed = { readonly outcome: 'replayed'; readonly record: IdempotencyRecord }
