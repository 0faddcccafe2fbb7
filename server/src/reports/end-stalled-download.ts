import type { ServerResponse } from 'node:http'

/**
 * Ends the connection of a client that accepts no byte for `stalledMsMax` although there are some to send. A download
 * holds a database connection and a snapshot, and PostgreSQL cleans up nothing that was deleted since the snapshot. A
 * slow client is not stalled, and neither is a database that has nothing to send yet.
 */
export function endWhenStalled(response: ServerResponse, stalledMsMax: number): void {
  // The socket restarts its timer whenever the client's side accepts something, even in the middle of a write.
  response.setTimeout(stalledMsMax, () => {
    if (response.writableLength > 0) response.destroy()
    else response.socket?.setTimeout(stalledMsMax)
  })
}
