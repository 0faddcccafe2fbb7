import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'

/**
 * Moves the focus to the heading of a newly opened page, so that screen readers read it and the next Tab starts there.
 * A change of search parameters does not move it.
 */
export function useFocusOnNavigation(): void {
  const router = useRouter()
  useEffect(
    () =>
      router.subscribe('onRendered', ({ pathChanged, fromLocation }) => {
        if (!pathChanged || fromLocation === undefined) return
        const heading = document.querySelector<HTMLElement>('main h1') ?? document.getElementById('content')
        heading?.focus({ preventScroll: true })
      }),
    [router],
  )
}
