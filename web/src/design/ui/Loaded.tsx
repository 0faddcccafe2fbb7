import type { ReactNode } from 'react'
import { Failure, Outdated } from './states.tsx'

/** The part of a query result that Loaded needs. */
type Loadable<Data> = {
  data: Data | undefined
  error: Error | null
  isFetching: boolean
  refetch: () => unknown
}

/**
 * Renders the states of a query. While it loads, `skeleton` is shown; if it fails, what failed, with a Retry. Data that
 * could not be refreshed stays on screen with a note that it is outdated. `what` completes "… could not be loaded".
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
