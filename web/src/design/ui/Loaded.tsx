import type { ReactNode } from 'react'
import { Failure, Outdated } from './states.tsx'

/** What this needs of a query, whatever its kind. */
type Loadable<Data> = {
  data: Data | undefined
  error: Error | null
  isFetching: boolean
  refetch: () => unknown
}

/**
 * The states of something loaded, each in words: loading shows `skeleton`, failing says what failed, and data that
 * could not be renewed stays on screen and says that it is old.
 */
export function Loaded<Data>(props: {
  query: Loadable<Data>
  what: string
  skeleton: ReactNode
  children: (data: Data) => ReactNode
}) {
  const { query } = props
  const retry = () => void query.refetch()
  if (query.data === undefined) {
    if (query.error === null) return props.skeleton
    return <Failure what={props.what} error={query.error} onRetry={retry} retrying={query.isFetching} />
  }
  return (
    <>
      {query.error !== null && <Outdated error={query.error} onRetry={retry} />}
      {props.children(query.data)}
    </>
  )
}
