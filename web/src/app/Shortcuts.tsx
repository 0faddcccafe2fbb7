import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef } from 'react'
import {
  closeOverlays,
  findPageKey,
  openKeys,
  openPalette,
  useOpenOverlay,
  useSingleKeys,
} from '../features/shortcuts/index.ts'
import { shellPages } from './pages.ts'

const CommandPalette = lazy(async () => ({ default: (await import('./CommandPalette.tsx')).CommandPalette }))
const KeysDialog = lazy(async () => ({ default: (await import('./KeysDialog.tsx')).KeysDialog }))

/** How long `g` waits for its second letter. */
const SECOND_KEY_MS = 1_200

/** Listens for keyboard shortcuts: always Ctrl/⌘-K, and single letters unless they are off or someone is typing. */
export function Shortcuts() {
  const singleKeys = useSingleKeys()
  const overlay = useOpenOverlay()
  const navigate = useNavigate()
  const gPressedAt = useRef(Number.NEGATIVE_INFINITY)

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        openPalette()
        return
      }
      if (!singleKeys || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return
      if (event.key === '?') {
        openKeys()
        return
      }
      const afterG = event.timeStamp - gPressedAt.current < SECOND_KEY_MS
      gPressedAt.current = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY
      const page = afterG ? shellPages.find((candidate) => candidate.key === event.key) : undefined
      if (page) {
        event.preventDefault()
        void navigate({ to: page.path })
      } else if (event.key === 'b') {
        event.preventDefault()
        void navigate({ to: '/billing', search: { buy: 'credits' } })
      } else if (!afterG && !event.defaultPrevented) {
        const pageKey = findPageKey(event.key)
        if (pageKey) event.preventDefault()
        pageKey?.act()
      }
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [navigate, singleKeys])

  return (
    <Suspense>
      {overlay === 'palette' && <CommandPalette onClose={closeOverlays} />}
      {overlay === 'keys' && <KeysDialog onClose={closeOverlays} />}
    </Suspense>
  )
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  return (
    (target instanceof HTMLElement && target.isContentEditable) ||
    target.matches('input, textarea, select') ||
    // Dialogs, open menus and charts handle keys themselves.
    target.closest('[role="dialog"], [role="menu"], [role="listbox"], [role="application"]') !== null
  )
}
