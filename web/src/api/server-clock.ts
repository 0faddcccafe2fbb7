let offsetMs = 0
let roundTripMs = Number.POSITIVE_INFINITY

/**
 * Learns how far the server's clock is from this browser's: the answer says `serverMs`, and was asked for at
 * `sentMs` and here at `receivedMs` (both by the browser's clock). The quickest round trip knows best.
 */
export function learnServerClock(serverMs: number, sentMs: number, receivedMs: number): void {
  const took = receivedMs - sentMs
  // A better measurement replaces an older one; an old one is given up after a while, as clocks drift.
  if (took > roundTripMs * 1.5) {
    roundTripMs *= 1.1
    return
  }
  roundTripMs = Math.max(took, 1)
  offsetMs = serverMs - (sentMs + took / 2)
}

/** The server's present time as well as it is known here, in epoch milliseconds. */
export function serverNow(): number {
  return Date.now() + offsetMs
}
