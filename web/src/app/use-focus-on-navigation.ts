import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'

/**
 * After a change of page the focus goes to its heading, so that screen readers read it and the next Tab starts
 * there. A change of filters in the address is no change of page.
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
