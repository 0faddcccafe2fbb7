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
  /** Does a batch; answers one result an item, in order. It is never called twice at once for one lane. */
  readonly run: (items: In[], lane: number) => Promise<Out[]>
  /** How many batches may run side by side. Items of the same key always go through the same lane. */
  readonly lanes: number
  readonly laneKeyOf: (item: In) => string
  readonly batchMax: number
}

type Waiting<In, Out> = { item: In; resolve: (out: Out) => void; reject: (error: unknown) => void }

/**
 * While one batch is in the database the next gathers: under load a batch is large and an item cheap; with little
 * load an item goes at once. Where a batch fails as a whole, its items are tried one by one, so that a single bad
 * one spoils no other.
 */
export function createCoalescer<In, Out>(options: CoalescerOptions<In, Out>): Coalescer<In, Out> {
  const lanes = Array.from({ length: options.lanes }, () => ({
    queue: [] as Waiting<In, Out>[],
    running: Promise.resolve(),
    busy: false,
  }))
  let depth = 0

  async function drain(laneIndex: number): Promise<void> {
    const lane = lanes[laneIndex]
    if (lane === undefined) return
    while (lane.queue.length > 0) {
      const batch = lane.queue.splice(0, options.batchMax)
      await runBatch(batch, laneIndex)
      depth -= batch.length
    }
    lane.busy = false
  }

  async function runBatch(batch: Waiting<In, Out>[], laneIndex: number): Promise<void> {
    try {
      const results = await options.run(
        batch.map((waiting) => waiting.item),
        laneIndex,
      )
      for (const [index, waiting] of batch.entries()) waiting.resolve(results[index] as Out)
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error)
      else for (const waiting of batch) await runBatch([waiting], laneIndex)
    }
  }

  return {
    submit(item) {
      const laneIndex = hash(options.laneKeyOf(item)) % options.lanes
      const lane = lanes[laneIndex]
      return new Promise<Out>((resolve, reject) => {
        if (lane === undefined) return reject(new RangeError('A coalescer needs at least one lane'))
        lane.queue.push({ item, resolve, reject })
        depth += 1
        if (lane.busy) return
        lane.busy = true
        // Started behind what is already runnable, so that requests that arrived together go together.
        lane.running = new Promise((done) => setImmediate(() => drain(laneIndex).then(done)))
      })
    },
    async idle() {
      while (depth > 0) await Promise.all(lanes.map((lane) => lane.running))
    },
    get depth() {
      return depth
    },
  }
}

/** FNV-1a: spreads keys over the lanes. */
function hash(key: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < key.length; i += 1) value = Math.imul(value ^ key.charCodeAt(i), 0x01000193)
  return value >>> 0
}
