import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

/** Writes rows of one table with COPY, as fast as PostgreSQL accepts them. */
export type CopyIn = {
  add(values: readonly (string | number | null)[]): void
  /** Resolves when what was added is on its way. */
  flush(): Promise<void>
  /** Resolves when everything is committed. What is added afterwards belongs to the next COPY. */
  finish(): Promise<void>
  close(): Promise<void>
}

const CHUNK_LENGTH = 256 * 1024

/** Opens a connection for a table. No text may have a tab, a line break or a backslash. */
export async function openCopyIn(
  connection: pg.ClientConfig,
  table: string,
  columns: readonly string[],
): Promise<CopyIn> {
  const client = new pg.Client(connection)
  await client.connect()
  const sql = `copy ${table} (${columns.join(', ')}) from stdin`
  let stream: ReturnType<typeof copyFrom> | undefined
  let text = ''

  function send(): void {
    stream ??= client.query(copyFrom(sql))
    stream.write(text)
    text = ''
  }

  return {
    add(values) {
      let line = ''
      for (const value of values) line += value === null ? '\\N\t' : `${value}\t`
      text += `${line.slice(0, -1)}\n`
      if (text.length > CHUNK_LENGTH) send()
    },
    async flush() {
      if (stream?.writableNeedDrain) await once(stream, 'drain')
    },
    async finish() {
      if (text !== '') send()
      if (stream === undefined) return
      stream.end()
      await finished(stream)
      stream = undefined
    },
    close: () => client.end(),
  }
}
