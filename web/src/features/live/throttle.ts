/** Runs `act` on the first call, and once more after `waitMs` if it was called again in the meantime. */
export function throttle(waitMs: number, act: () => void): { call(): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let again = false

  function call(): void {
    if (timer !== undefined) {
      again = true
      return
    }
    act()
    timer = setTimeout(() => {
      timer = undefined
      if (!again) return
      again = false
      call()
    }, waitMs)
  }

  return { call, stop: () => clearTimeout(timer) }
}
