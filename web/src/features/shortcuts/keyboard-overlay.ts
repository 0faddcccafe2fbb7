import { useSyncExternalStore } from 'react'

type Open = 'none' | 'palette' | 'keys'

const listeners = new Set<() => void>()
let open: Open = 'none'

function set(value: Open): void {
  open = value
  for (const listener of listeners) listener()
}

export const openPalette = () => set('palette')
export const openKeys = () => set('keys')
export const closeOverlays = () => set('none')

/** Which keyboard overlay is open: the command palette or the list of shortcuts. */
export function useOpenOverlay(): Open {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => open,
  )
}
