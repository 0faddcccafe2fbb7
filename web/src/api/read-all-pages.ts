import { readBody } from './client.ts'
import type { Page } from './types.ts'

/** Reads every page of a list. Only for lists that stay small, such as agents, members and keys. */
export async function readAllPages<Item>(
  readPage: (query: { limit: string; cursor?: string }) => Promise<{ data?: Page<Item> }>,
): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | null = null
  do {
    const { data, nextCursor }: Page<Item> = await readBody(
      readPage({ limit: '200', ...(cursor === null ? {} : { cursor }) }),
    )
    items.push(...data)
    cursor = nextCursor
  } while (cursor !== null)
  return items
}
