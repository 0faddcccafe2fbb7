import type { ServerResponse } from 'node:http'

/**
 * Ends the connection of a reader that has taken no byte for so long although there were some: it holds a connection
 * to the database and a snapshot, for which nothing that was deleted since is cleared away. Whoever reads slowly is
 * waited for, and so is a database that has nothing to send yet.
 */
export function endWhenStalled(response: ServerResponse, stalledMsMax: number): void {
  // The socket's own timer starts anew with each piece that the reader's side has taken, also in the middle of a write.
  response.setTimeout(stalledMsMax, () => {
    if (response.writableLength > 0) response.destroy()
    else response.socket?.setTimeout(stalledMsMax)
  })
}
