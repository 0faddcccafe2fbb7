import type { ReportSource } from '@talktime/core/calls/call'
import type { AuditSource } from '../access/index.ts'
import type { IdempotencyRecord, IdempotencyRef } from '../platform/idempotency/idempotency-store.ts'
import type { ProblemType } from '../platform/problem.ts'
import type { CallRow, Direction, HangUpReason } from './call-row.ts'

/** Names a call, by its UUID or by the voice stack's id of it. */
export type CallTarget = { readonly callId: string } | { readonly externalId: string }

/**
 * One command about a call. `atMs` is when it happened by the voice stack's clock, in epoch milliseconds. Null: now.
 */
export type CallCommand =
  | {
      readonly type: 'start'
      readonly workspaceId: string
      /** The UUID that the call will get. */
      readonly callId: string
      readonly agentId: string
      readonly direction: Direction
      readonly from: string | null
      readonly to: string | null
      readonly externalId: string | null
      readonly atMs: number | null
      /** The campaign that dials the call. Left out: none. */
      readonly campaignId?: string | null
      /** The carrier, if Talktime itself drives it. Left out: the voice stack reports the call to the API. */
      readonly carrier?: string | null
    }
  | {
      readonly type: 'answer'
      readonly workspaceId: string
      readonly target: CallTarget
      readonly atMs: number | null
      /** Whose word it is. Of a carrier, which Talktime drives, any past instant is accepted. */
      readonly by: ReportSource
    }
  | {
      readonly type: 'end'
      readonly workspaceId: string
      readonly target: CallTarget
      readonly atMs: number | null
      readonly reason: string | null
      /** Whose word it is. Of a carrier, which Talktime drives, any past instant is accepted. */
      readonly by: ReportSource
    }
  | { readonly type: 'heartbeat'; readonly workspaceId: string; readonly target: CallTarget }
  /** Orders the voice stack to hang up. A call that is over stays as it is. */
  | {
      readonly type: 'hang_up'
      readonly workspaceId: string
      readonly target: CallTarget
      readonly reason: HangUpReason
      /** Who orders it, for the audit log. Left out: nobody, because the server does. */
      readonly by?: AuditSource
    }
  /** From the reaper: closes the call if it is lost. */
  | {
      readonly type: 'reap'
      readonly workspaceId: string
      readonly target: CallTarget
      /** Since when heartbeats have been able to reach this server, in epoch milliseconds. */
      readonly listeningSinceMs: number
    }

/** The result of a command. */
export type CallOutcome =
  | {
      readonly outcome: 'call'
      readonly call: CallRow
      /** Whether this command created the call. */
      readonly created: boolean
      /** The workspace's balance right after the command, in milliseconds of talk time. */
      readonly balanceMs: number
      /** Whether the conversation may go on, by the balance, the setting, the hard stop and hang-up orders. */
      readonly mayContinue: boolean
    }
  | {
      readonly outcome: 'problem'
      readonly problem: ProblemType
      readonly detail: string
      readonly pointer?: string
    }

/** A command, and how its answer is stored for repeats: in the transaction that carries it out. */
export type Submission = {
  readonly command: CallCommand
  /** Who sends it, such as an API key: the sources of a workspace take turns. Left out: this server itself. */
  readonly source?: string | undefined
  readonly idempotency?:
    | {
        readonly ref: IdempotencyRef
        /** Creates the stored answer. Problems are not stored, because nothing was done. */
        readonly createAnswer: (outcome: DecidedCall) => { readonly status: number; readonly body: string }
      }
    | undefined
}

/** The outcome of a command that was carried out. */
export type DecidedCall = Extract<CallOutcome, { outcome: 'call' }>

/** The stored answer to a command that came before with this Idempotency-Key. Nothing was done again. */
export type ReplayedAnswer = { readonly outcome: 'replayed'; readonly record: IdempotencyRecord }
