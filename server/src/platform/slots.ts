/** A bounded number of things that may happen at once, of which one owner may have only a share. */
export type Slots = {
  /**
   * Takes a slot and returns what frees it; undefined: all slots are taken, or the owner has its share. Without an owner
   * there is no share.
   */
  take(owner: string | undefined): (() => void) | undefined
  readonly taken: number
}

export type SlotLimits = { readonly max: number; readonly ownerMax: number }

export function createSlots({ max, ownerMax }: SlotLimits): Slots {
  const byOwner = new Map<string, number>()
  let taken = 0

  function free(owner: string | undefined): void {
    taken -= 1
    if (owner === undefined) return
    const left = (byOwner.get(owner) ?? 0) - 1
    if (left > 0) byOwner.set(owner, left)
    else byOwner.delete(owner)
  }

  return {
    take(owner) {
      const own = owner === undefined ? 0 : (byOwner.get(owner) ?? 0)
      if (taken >= max || own >= ownerMax) return undefined
      taken += 1
      if (owner !== undefined) byOwner.set(owner, own + 1)
      let isFree = false
      return () => {
        if (isFree) return
        isFree = true
        free(owner)
      }
    },
    get taken() {
      return taken
    },
  }
}
