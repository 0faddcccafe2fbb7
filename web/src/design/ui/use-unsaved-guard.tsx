import { useBlocker } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { UnsavedDialog } from './UnsavedDialog.tsx'

/**
 * Asks before leaving the page, or closing the tab, while a form has unsaved changes. Changes of search parameters keep
 * the page and its form. Returns the dialog, to be rendered with the form.
 */
export function useUnsavedGuard(hasUnsavedChanges: () => boolean): ReactNode {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => hasUnsavedChanges() && current.pathname !== next.pathname,
    withResolver: true,
    enableBeforeUnload: hasUnsavedChanges,
  })
  return blocker.status === 'blocked' && <UnsavedDialog onStay={blocker.reset} onLeave={blocker.proceed} />
}
