// Preloaded into a process (`node --import`), this gives it the clock of a computer that is set wrong.

const aheadMs = Number(process.env.TEST_CLOCK_AHEAD_MS)
const Right = Date

globalThis.Date = class extends Right {
  constructor(...parts: [] | [number | string]) {
    if (parts.length === 0) super(Right.now() + aheadMs)
    else super(...(parts as [number]))
  }

  static override now(): number {
    return Right.now() + aheadMs
  }
} as DateConstructor
