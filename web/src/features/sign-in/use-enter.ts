import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import type { Session } from '../../api/types.ts'
import { chooseWorkspace } from '../../api/workspace-choice.ts'
import { sessionQuery } from '../workspace/index.ts'

/**
 * Goes into the dashboard with a fresh session: to `to`, an address of this site, or to the first page. `joined`
 * is the workspace to look at, where it was only now joined.
 */
export function useEnter() {
  const queryClient = useQueryClient()
  const router = useRouter()
  return async (session: Session, options: { to?: string | undefined; joined?: string | undefined } = {}) => {
    queryClient.clear()
    queryClient.setQueryData(sessionQuery.queryKey, session)
    if (options.joined !== undefined) chooseWorkspace(options.joined)
    await router.navigate({ href: options.to ?? '/live', replace: true })
  }
}
