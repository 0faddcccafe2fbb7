import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { readLocalAddress } from '../../api/local-address.ts'
import type { Session } from '../../api/types.ts'
import { chooseWorkspace } from '../../api/workspace-choice.ts'
import { sessionQuery } from '../workspace/index.ts'

/**
 * Opens the dashboard with a new session, at `to` if it is an address of this site, else at the first page. `joined` is the id of a
 * workspace that was just joined, and is chosen.
 */
export function useEnter() {
  const queryClient = useQueryClient()
  const router = useRouter()
  return async (session: Session, options: { to?: string | undefined; joined?: string | undefined } = {}) => {
    queryClient.clear()
    queryClient.setQueryData(sessionQuery.queryKey, session)
    if (options.joined !== undefined) chooseWorkspace(options.joined)
    await router.navigate({ href: readLocalAddress(options.to) ?? '/live', replace: true })
  }
}
