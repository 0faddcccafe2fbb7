/** What an entry is for. `refund` is part of the API; no entry of that kind is posted yet. */
export type EntryKind =
  | 'call'
  | 'monthly_grant'
  | 'top_up'
  | 'promotional'
  | 'adjustment'
  | 'expiry'
  | 'refund'

export type EntryRow = {
  readonly workspaceId: string
  readonly seq: number
  readonly id: string
  readonly atMs: number
  readonly recordedAtMs: number
  readonly kind: EntryKind
  readonly amountMs: number
  readonly balanceAfterMs: number
  readonly drawnAfterMs: number
  readonly callId: string | null
  readonly grantId: string | null
  readonly purchaseId: string | null
  readonly reason: string | null
  /** Covers everything above and the hash of the entry before: see `hashEntry`. In hexadecimal. */
  readonly hash: string
}
