/**
 * Waits for several pieces of work in one transaction whose queries are sent together. Unlike `Promise.all`, it waits for
 * all of them even if one fails, so that none sends queries after the transaction has ended. Then it throws the first
 * error in the order of `work`.
 */
export async function allOrFirstError<Results extends readonly unknown[]>(
  work: {
    readonly [Index in keyof Results]: Promise<Results[Index]>
  },
): Promise<Results> {
  const settled = await Promise.allSettled(work as readonly Promise<unknown>[])
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  }) as unknown as Results
}
