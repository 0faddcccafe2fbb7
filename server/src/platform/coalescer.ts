/** Work that is done together with whatever else is waiting at that moment. */
export type Coalescer<In, Out> = {
  /** Resolves with this item's own result, once the batch it went with is durable. */
  submit(item: In): Promise<Out>
  /** Resolves when nothing is waiting or running. Items submitted later are still taken. */
  idle(): Promise<void>
  /** Items waiting or running. */
  readonly depth: number
}

export type CoalescerOptions<In, Out> = {
  /** Does a batch; answers one result an item, in order. It is never called twice at once for one slot. */
  readonly run: (items: In[], slot: number) => Promise<Out[]>
  /** Items of one key are done in the order they came in, never side by side. */
  readonly keyOf: (item: In) => string
  readonly batchMax: number
  /** How many batches may run side by side: the slots are numbered from 0. */
  readonly slots: number
  /** How many items of other keys must wait before a batch begins beside one that runs. */
  readonly besideMin: number
}

type Waiting<In, Out> = { item: In; resolve: (out: Out) => void; reject: (error: unknown) => void }

/**
 * While one batch is in the database the next gathers: under load a batch is large and an item cheap; with little
 * load an item goes at once. Where a batch fails as a whole, its items are tried one by one, so that a single bad
 * one spoils no other.
 *
 * A batch costs as much as many items do, before its first one. So another begins beside it only when it is worth
 * that. (Two lanes with half of the keys each, whatever waits, took twice the processor time a call at 64 requests
 * at once: batches of 17 instead of 64.)
 */
export function createCoalescer<In, Out>(options: CoalescerOptions<In, Out>): Coalescer<In, Out> {
  let waiting: Waiting<In, Out>[] = []
  /** The keys of the batch that runs in each slot. */
  const running = new Map<number, ReadonlySet<string>>()
  let depth = 0
  let planned = false
  let whenIdle: (() => void)[] = []

  // Behind what is already runnable, so that requests that arrived together go together.
  function plan(): void {
    if (planned || waiting.length === 0) return
    planned = true
    setImmediate(begin)
  }

  function begin(): void {
    planned = false
    for (let slot = 0; slot < options.slots; slot += 1) {
      if (running.has(slot)) continue
      const batch = take()
      if (batch.length === 0) return
      running.set(slot, new Set(batch.map(({ item }) => options.keyOf(item))))
      void run(batch, slot).then(() => finish(slot))
    }
  }

  function take(): Waiting<In, Out>[] {
    if (running.size === 0) return waiting.splice(0, options.batchMax)
    if (waiting.length < options.besideMin) return []
    const busy = [...running.values()]
    const batch: Waiting<In, Out>[] = []
    const rest: Waiting<In, Out>[] = []
    for (const one of waiting) {
      const key = options.keyOf(one.item)
      const fits = batch.length < options.batchMax && !busy.some((keys) => keys.has(key))
      if (fits) batch.push(one)
      else rest.push(one)
    }
    if (batch.length < options.besideMin) return []
    waiting = rest
    return batch
  }

  async function run(batch: Waiting<In, Out>[], slot: number): Promise<void> {
    try {
      const results = await options.run(
        batch.map(({ item }) => item),
        slot,
      )
      depth -= batch.length
      for (const [index, one] of batch.entries()) one.resolve(results[index] as Out)
    } catch (error) {
      const [first, ...others] = batch
      if (others.length > 0) {
        for (const one of batch) await run([one], slot)
        return
      }
      depth -= 1
      first?.reject(error)
    }
  }

  function finish(slot: number): void {
    running.delete(slot)
    plan()
    if (depth > 0) return
    for (const resolve of whenIdle) resolve()
    whenIdle = []
  }

  return {
    submit(item) {
      return new Promise<Out>((resolve, reject) => {
        waiting.push({ item, resolve, reject })
        depth += 1
        plan()
      })
    },
    async idle() {
      while (depth > 0) await new Promise<void>((resolve) => whenIdle.push(resolve))
    },
    get depth() {
      return depth
    },
  }
}
