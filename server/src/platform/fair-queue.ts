/** Where an item waits: its group, and the source inside the group. */
export type Place = { readonly group: string; readonly source: string }

/**
 * Items that wait for their turn. Groups take turns, and so do the sources inside a group, so that one group with
 * thousands of items delays another by one item at a time. Items of one source keep their order.
 */
export type FairQueue<Item> = {
  add(item: Item, place: Place): void
  /** Takes at most `max` items, one group after another, from the groups that `mayTake` names. By default from all. */
  take(max: number, mayTake?: (group: string) => boolean): Item[]
  /** Finds the groups in which at least `min` items wait. */
  findLarge(min: number): string[]
  /** The number of items that wait in the groups that `isCounted` names. */
  count(isCounted: (group: string) => boolean): number
  /** The number of items that wait in a group. */
  sizeOf(group: string): number
  readonly size: number
}

/** The items of one source, and how many of them were taken. Shifting an array would move all of its items. */
type Line<Item> = { readonly source: string; readonly items: Item[]; taken: number }

/**
 * Lines in the order of their turns: the first one is next. A list, because there are no more lines than a workspace has
 * keys, and nearly always one: a map for each of a thousand waiting groups costs more than searching.
 */
type Group<Item> = { readonly lines: Line<Item>[]; size: number }

export function createFairQueue<Item>(): FairQueue<Item> {
  /** Groups in the order of their turns: the first one is next. */
  const groups = new Map<string, Group<Item>>()
  let size = 0

  /** Takes one item of a group, and moves the source and the group to the end of their rings. */
  function takeFrom(name: string, group: Group<Item>): Item {
    const line = group.lines.shift() as Line<Item>
    const item = line.items[line.taken] as Item
    line.taken += 1
    if (line.taken < line.items.length) group.lines.push(line)
    group.size -= 1
    size -= 1
    groups.delete(name)
    if (group.size > 0) groups.set(name, group)
    return item
  }

  return {
    add(item, { group: name, source }) {
      size += 1
      const group = groups.get(name)
      if (group === undefined) {
        groups.set(name, { lines: [{ source, items: [item], taken: 0 }], size: 1 })
        return
      }
      group.size += 1
      const line = group.lines.find((one) => one.source === source)
      if (line === undefined) group.lines.push({ source, items: [item], taken: 0 })
      else line.items.push(item)
    },
    take(max, mayTake = () => true) {
      const items: Item[] = []
      // A group that still has items moves to the end of the map, so this visits it again in its next turn.
      for (const [name, group] of groups) {
        if (items.length >= max) break
        if (mayTake(name)) items.push(takeFrom(name, group))
      }
      return items
    },
    findLarge: (min) => [...groups].flatMap(([name, group]) => (group.size < min ? [] : [name])),
    count: (isCounted) =>
      [...groups].reduce((sum, [name, group]) => sum + (isCounted(name) ? group.size : 0), 0),
    sizeOf: (name) => groups.get(name)?.size ?? 0,
    get size() {
      return size
    },
  }
}
