import type { Tx } from '../database/database.ts'
import {
  type IdempotencyRecord,
  type IdempotencyRef,
  idempotencyName,
  insertIdempotencyRecords,
  loadIdempotencyRecords,
  lockIdempotencyKeys,
  requireSameRequest,
} from './idempotency-store.ts'

/** Makes the work of one transaction happen once for an idempotency key. */
export type Once<Result> = {
  /**
   * Locks the key until the transaction ends; call it before any other lock is taken. A repeat that comes while the
   * first run is under way waits here for its end.
   *
   * @returns what to answer instead of working; undefined: this is the first run
   * @throws Problem `idempotency_mismatch` where the key was used for another request
   */
  replay(tx: Tx): Promise<{ readonly result: Result } | undefined>
  /** Records the answer in the transaction that did the work: there is never the one without the other. */
  keep(tx: Tx, result: Result, nowMs: number): Promise<void>
}

/** How a repeat is answered, and what is recorded for it. */
export type OnceOptions<Result> = {
  /** The answer to a repeat. `record`: what was kept; undefined: nothing, but the caller may have a memory of its own. */
  readonly show: (tx: Tx, record: IdempotencyRecord | undefined) => Promise<Result | undefined>
  readonly answerOf: (result: Result) => Pick<IdempotencyRecord, 'status' | 'body'>
  /** The hash of the request, where it is known only once the body has been read. Asked for as late as possible. */
  readonly hashRequest?: () => Promise<Buffer>
}

/** Undefined where the request has no key: such a request is worked on each time it comes. */
export function createOnce<Result>(
  key: IdempotencyRef | undefined,
  { show, answerOf, hashRequest }: OnceOptions<Result>,
): Once<Result> | undefined {
  if (key === undefined) return undefined
  const whole = async () => (hashRequest ? { ...key, requestHash: await hashRequest() } : key)
  return {
    async replay(tx) {
      await lockIdempotencyKeys(tx, [key])
      const record = (await loadIdempotencyRecords(tx, [key])).get(idempotencyName(key))
      if (record !== undefined) requireSameRequest(record, await whole())
      const result = await show(tx, record)
      return result === undefined ? undefined : { result }
    },
    async keep(tx, result, nowMs) {
      await insertIdempotencyRecords(tx, [{ ...(await whole()), ...answerOf(result) }], nowMs)
    },
  }
}
