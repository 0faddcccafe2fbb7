import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { chooseWorkspace } from '../../api/workspace-choice.ts'
import { sessionQuery } from '../workspace/index.ts'

/** Ends the session and drops everything that was loaded with it. */
export function useSignOut() {
  const queryClient = useQueryClient()
  const router = useRouter()
  return async () => {
    await api.POST('/v1/sign-out')
    chooseWorkspace(null)
    await router.navigate({ href: '/sign-in' })
    queryClient.clear()
    queryClient.setQueryData(sessionQuery.queryKey, null)
  }
}
