import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './problem.ts'

/** Loads and keeps what pages show. `onSignedOut` is called when any request finds that the session is over. */
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
        // A request that was understood and refused would be refused again.
        retry: (failures, error) => failures < 1 && error instanceof ApiProblem && mayPass(error.status),
        retryDelay: 800,
      },
    },
  })
}

const mayPass = (status: number) => status === 0 || status === 502 || status === 503 || status === 504
