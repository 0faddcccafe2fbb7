import { parseArgs } from 'node:util'

/** What an attack reports while it runs. */
export type Report = {
  /** Whether only a short form runs, which shows that everything works. */
  readonly isShort: boolean
  /**
   * How long something may take that takes at most `ms` in the whole form. A short form runs beside other tests, which
   * make it wait for the processor: it only shows that nothing hangs.
   */
  withinMs(ms: number): number
  /** Prints a figure. */
  figure(what: string, value: string | number): void
  /** Prints a figure and whether it is as promised. One that is not makes the attack exit with 1. */
  expect(what: string, holds: boolean, value: string | number): void
  /** Adds something to close when the attack is over, in the reverse order. */
  defer(close: () => Promise<unknown>): void
}

/** Runs one attack as the process's only work, and exits with 1 if a promise was not kept or the attack failed. */
export async function attack(name: string, work: (report: Report) => Promise<void>): Promise<void> {
  const { values } = parseArgs({ options: { short: { type: 'boolean', default: false } } })
  const stack = new AsyncDisposableStack()
  let isMissed = false
  const report: Report = {
    isShort: values.short,
    withinMs: (ms) => (values.short ? ms * 40 : ms),
    figure: (what, value) => console.log(`  ${what}: ${value}`),
    expect(what, holds, value) {
      if (!holds) isMissed = true
      console.log(`  ${holds ? 'holds ' : 'MISSED'} ${what}: ${value}`)
    },
    defer: (close) => stack.defer(async () => void (await close())),
  }
  console.log(`${name}${values.short ? ' (short)' : ''}`)
  try {
    await work(report)
  } catch (error) {
    isMissed = true
    console.error(error)
  }
  await stack.disposeAsync().catch((error: unknown) => {
    isMissed = true
    console.error(error)
  })
  process.exit(isMissed ? 1 : 0)
}
