import { Button } from '@mantine/core'
import { IconFilterOff, IconHistory } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { serverNow } from '../../api/server-clock.ts'
import { presetWindow, windowInWords } from '../../design/format/date-window.ts'
import { localDate, zoneInWords } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Page } from '../../design/ui/Page.tsx'
import { Empty, SkeletonRows, Updating } from '../../design/ui/states.tsx'
import { agentsQuery } from '../agents/index.ts'
import { workspaceQuery } from '../workspace/index.ts'
import { CallsTable } from './CallsTable.tsx'
import { callsQuery } from './call-queries.ts'
import { HistoryFilters } from './HistoryFilters.tsx'
import { filterOf, type HistorySearch, isNarrowed } from './history-search.ts'

/** Every call, newest first, narrowed by filters that stand in the address. */
export function CallHistoryPage() {
  const search = useSearch({ from: '/shell/calls' })
  const navigate = useNavigate({ from: '/calls' })
  const timeZone = useQuery(workspaceQuery).data?.timeZone
  const agents = useQuery(agentsQuery).data
  const today = localDate(serverNow(), timeZone ?? 'UTC')
  const filter = filterOf(search, today)
  const calls = useInfiniteQuery({
    ...callsQuery(filter),
    placeholderData: keepPreviousData,
    // A preset's dates are known only with the workspace's time zone.
    enabled: timeZone !== undefined || search.window === undefined,
  })
  const rows = calls.data?.pages.flatMap((page) => page.data)
  const list = { data: rows, error: calls.error, isFetching: calls.isFetching, refetch: calls.refetch }
  const window = search.window === undefined ? search : presetWindow(search.window, today)
  const change = (next: HistorySearch) => void navigate({ search: next, replace: true })

  return (
    <Page
      title="Call history"
      caption={
        <>
          {windowInWords(window)} · newest first
          {timeZone !== undefined && ` · ${zoneInWords(timeZone)}`}
          {calls.isPlaceholderData && ' · Updating'}
        </>
      }
    >
      <HistoryFilters search={search} agents={agents ?? []} today={today} onChange={change} />
      <Card
        flush
        {...(rows && rows.length > 0
          ? {
              footer: (
                <>
                  <span>{shownInWords(rows.length, calls.hasNextPage)}</span>
                  {calls.hasNextPage && (
                    <Button
                      variant="default"
                      size="xs"
                      loading={calls.isFetchingNextPage}
                      onClick={() => void calls.fetchNextPage()}
                    >
                      Load more
                    </Button>
                  )}
                </>
              ),
            }
          : {})}
      >
        <Loaded query={list} what="The calls" skeleton={<SkeletonRows count={8} label="calls" />}>
          {(loaded) => (
            <Updating active={calls.isPlaceholderData}>
              {loaded.length > 0 ? (
                <CallsTable calls={loaded} timeZone={timeZone ?? 'UTC'} />
              ) : isNarrowed(search) ? (
                <Empty
                  icon={<IconFilterOff size={22} stroke={1.5} />}
                  title="No calls match these filters"
                  action={
                    <Button variant="default" onClick={() => change({})}>
                      Clear filters
                    </Button>
                  }
                >
                  There may be calls on other dates, of other agents or with another status.
                </Empty>
              ) : (
                <Empty icon={<IconHistory size={22} stroke={1.5} />} title="No calls yet">
                  Every call leaves a receipt here. <Link to="/live">See how to make the first one</Link>
                </Empty>
              )}
            </Updating>
          )}
        </Loaded>
      </Card>
    </Page>
  )
}

function shownInWords(count: number, more: boolean): string {
  const calls = count === 1 ? '1 call' : `${count} calls`
  return more ? `${calls} shown; there are more` : `${calls}, that is all of them`
}
