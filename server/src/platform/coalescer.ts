import { createFairQueue, type Place } from './fair-queue.ts'
import { createOverloaded } from './problem.ts'

/** Carries out items in batches: each one together with all others that wait at that moment. */
export type Coalescer<In, Out> = {
  /**
   * Resolves with the item's own result once its batch is durable.
   *
   * @throws Problem `overloaded`, at once, if too many items wait. Nothing was done
   */
  submit(item: In): Promise<Out>
  /** Whether all of these items may wait now, so that submitting them at once refuses none. */
  hasRoomFor(items: readonly In[]): boolean
  /** Resolves when no item waits or runs. Items may still be submitted afterwards. */
  idle(): Promise<void>
  /** The number of items that wait or run. */
  readonly depth: number
}

/** How many items may wait, of all groups and of one, for another item to be accepted. */
export type Bounds = { readonly waitingMax: number; readonly groupWaitingMax: number }

export type CoalescerOptions<In, Out> = {
  /** Carries out a batch and returns one result per item, in order. A slot has one batch at a time. */
  readonly run: (items: In[], slot: number) => Promise<Out[]>
  /**
   * The place in which an item waits. Groups take turns, and so do the sources of a group. Two batches that run at once
   * have no group in common, and the items of one source are carried out in their order.
   */
  readonly placeOf: (item: In) => Place
  /** The bounds of the queue that count for an item. An item with smaller ones is refused earlier. */
  readonly boundsOf: (item: In) => Bounds
  readonly batchMax: number
  /** How many batches of a kind may run at once. In all, one more may run: slots are numbered from 0 to this. */
  readonly slots: number
  /** Whether a batch failed for a reason that every item of it shares, so that running them one by one is of no use. */
  readonly isSharedFault: (error: unknown) => boolean
  /** How many items of other groups must wait before a batch begins beside one of its kind. */
  readonly besideMin: number
  /** A group in which this many items wait is heavy: its items wait for each other, and those of other groups do not. */
  readonly heavyMin: number
}

type Waiting<In, Out> = { item: In; resolve: (out: Out) => void; reject: (error: unknown) => void }

type Batch<In, Out> = {
  readonly items: Waiting<In, Out>[]
  readonly groups: ReadonlySet<string>
  /** Whether its groups are heavy. */
  readonly isHeavy: boolean
}

/**
 * While one batch is in the database, the next one gathers. So batches grow with the load, which makes each item cheaper,
 * and an item that comes alone runs immediately. If a batch fails, its items run again one by one, so that a bad item
 * fails alone. When the database is away, they fail together: each of them would wait for it in turn.
 *
 * A batch has a fixed cost, worth that of many items. A second batch therefore begins beside a running one only if
 * enough items wait. Two lanes with half of the keys each, regardless of how many items waited, took twice the processor
 * time per call at 64 concurrent requests, because batches had 17 items instead of 64.
 *
 * Heavy groups have batches of their own. A batch takes as long as its slowest item, which may wait for a lock that
 * another server holds for hundreds of items of the same group. The items of other groups wait for none of that: there
 * is always a slot that heavy groups do not have.
 */
export function createCoalescer<In, Out>(options: CoalescerOptions<In, Out>): Coalescer<In, Out> {
  const waiting = createFairQueue<Waiting<In, Out>>()
  /** The batch that runs in each slot. */
  const running = new Map<number, Batch<In, Out>>()
  let depth = 0
  let planned = false
  let whenIdle: (() => void)[] = []

  // Waits for everything that is already runnable, so that requests that arrived together share a batch.
  function plan(): void {
    if (planned || waiting.size === 0) return
    planned = true
    setImmediate(begin)
  }

  function begin(): void {
    planned = false
    for (let slot = 0; slot <= options.slots; slot += 1) {
      if (running.has(slot)) continue
      const isHeavy = findHeavy()
      const batch = takeBatch((group) => !isHeavy(group), false) ?? takeBatch(isHeavy, true)
      if (batch === undefined) return
      running.set(slot, batch)
      void run(batch.items, slot).then(() => finish(slot))
    }
  }

  function findHeavy(): (group: string) => boolean {
    const heavy = new Set(waiting.findLarge(options.heavyMin))
    return (group) => heavy.has(group)
  }

  /** Takes a batch of one kind. Undefined if none may begin now. */
  function takeBatch(isOfKind: (group: string) => boolean, isHeavy: boolean): Batch<In, Out> | undefined {
    const batches = [...running.values()]
    const alike = batches.filter((batch) => batch.isHeavy === isHeavy).length
    if (alike === options.slots) return undefined
    const mayTake = (group: string) => isOfKind(group) && !batches.some(({ groups }) => groups.has(group))
    if (alike > 0 && waiting.count(mayTake) < options.besideMin) return undefined
    const items = waiting.take(options.batchMax, mayTake)
    if (items.length === 0) return undefined
    return { items, isHeavy, groups: new Set(items.map(({ item }) => options.placeOf(item).group)) }
  }

  async function run(batch: Waiting<In, Out>[], slot: number): Promise<void> {
    try {
      await runTogether(batch, slot)
    } catch (error) {
      if (batch.length === 1 || options.isSharedFault(error)) return fail(batch, error)
      await runOneByOne(batch, slot)
    }
  }

  async function runOneByOne(batch: Waiting<In, Out>[], slot: number): Promise<void> {
    for (const [index, one] of batch.entries()) {
      try {
        await runTogether([one], slot)
      } catch (error) {
        if (options.isSharedFault(error)) return fail(batch.slice(index), error)
        fail([one], error)
      }
    }
  }

  async function runTogether(batch: Waiting<In, Out>[], slot: number): Promise<void> {
    const results = await options.run(
      batch.map(({ item }) => item),
      slot,
    )
    depth -= batch.length
    for (const [index, one] of batch.entries()) one.resolve(results[index] as Out)
  }

  function fail(batch: readonly Waiting<In, Out>[], error: unknown): void {
    depth -= batch.length
    for (const { reject } of batch) reject(error)
  }

  function finish(slot: number): void {
    running.delete(slot)
    plan()
    if (depth > 0) return
    for (const resolve of whenIdle) resolve()
    whenIdle = []
  }

  function hasRoom(item: In, { group }: Place, more: number): boolean {
    const { waitingMax, groupWaitingMax } = options.boundsOf(item)
    return waiting.size + more <= waitingMax && waiting.sizeOf(group) + more <= groupWaitingMax
  }

  return {
    submit(item) {
      const place = options.placeOf(item)
      if (!hasRoom(item, place, 1)) return Promise.reject(createOverloaded())
      return new Promise<Out>((resolve, reject) => {
        waiting.add({ item, resolve, reject }, place)
        depth += 1
        plan()
      })
    },
    hasRoomFor: (items) => items.every((item) => hasRoom(item, options.placeOf(item), items.length)),
    async idle() {
      while (depth > 0) await new Promise<void>((resolve) => whenIdle.push(resolve))
    },
    get depth() {
      return depth
    },
  }
}
