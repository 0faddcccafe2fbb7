/**
 * Waits for pieces of work in one transaction whose queries travel together. All are waited for, also where one fails,
 * and then the first that failed says why: none may go on asking in a transaction that is over.
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
