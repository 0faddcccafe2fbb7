let offsetMs = 0
let roundTripMs = Number.POSITIVE_INFINITY

/**
 * Measures how far the server's clock is from the browser's. The response says `serverMs`; the request was sent at
 * `sentMs` and answered at `receivedMs`, both by the browser's clock. The fastest round trip gives the best measurement.
 */
export function learnServerClock(serverMs: number, sentMs: number, receivedMs: number): void {
  const tookMs = receivedMs - sentMs
  // Clocks drift: an old measurement counts less with each slower round trip, until a new one replaces it.
  if (tookMs > roundTripMs * 1.5) {
    roundTripMs *= 1.1
    return
  }
  roundTripMs = Math.max(tookMs, 1)
  offsetMs = serverMs - (sentMs + tookMs / 2)
}

/** The server's current time as far as it is known here, in epoch milliseconds. */
export function serverNow(): number {
  return Date.now() + offsetMs
}
