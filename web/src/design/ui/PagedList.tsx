import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Page } from '../../api/types.ts'
import { Loaded } from './Loaded.tsx'
import classes from './PagedList.module.css'
import { SkeletonRows } from './states.tsx'

type PagedQuery<Item> = {
  data: { pages: Page<Item>[] } | undefined
  error: Error | null
  isFetching: boolean
  refetch: () => unknown
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

/** A list that loads page by page, with its loading, empty and error states. `children` renders the loaded items. */
export function PagedList<Item>(props: {
  query: PagedQuery<Item>
  /** Completes "… could not be loaded". */
  what: string
  /** Completes "Loading …". */
  label: string
  empty: ReactNode
  children: (items: Item[]) => ReactNode
}) {
  const { query } = props
  const items = query.data?.pages.flatMap((page) => page.data)
  return (
    <Loaded
      query={{ data: items, error: query.error, isFetching: query.isFetching, refetch: query.refetch }}
      what={props.what}
      skeleton={<SkeletonRows count={4} label={props.label} />}
    >
      {(loaded) => (
        <>
          {loaded.length === 0 ? props.empty : props.children(loaded)}
          {query.hasNextPage && (
            <div className={classes.more}>
              <Button
                variant="default"
                size="xs"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                Load more
              </Button>
            </div>
          )}
        </>
      )}
    </Loaded>
  )
}
