/** Does `act` at once, and what is asked for within `calmMs` after that once at their end. */
export function throttle(calmMs: number, act: () => void): { call(): void; stop(): void } {
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
    }, calmMs)
  }

  return { call, stop: () => clearTimeout(timer) }
}
