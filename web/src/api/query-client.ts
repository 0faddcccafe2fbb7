import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './problem.ts'

/** Makes the cache of what pages load. `onSignedOut` is called when a request finds that the session has ended. */
export function makeQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: Error) => {
    if (error instanceof ApiProblem && error.code === 'unauthenticated') onSignedOut()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // The server would reject a rejected request again.
        retry: (failures, error) => failures < 1 && error instanceof ApiProblem && isTransient(error.status),
        retryDelay: 800,
      },
    },
  })
}

const isTransient = (status: number) => status === 0 || status === 502 || status === 503 || status === 504
