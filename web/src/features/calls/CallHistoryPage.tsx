import { Button } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { serverNow } from '../../api/server-clock.ts'
import { resolvePreset, windowInWords } from '../../design/format/date-window.ts'
import { localDate, zoneInWords } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Page } from '../../design/ui/Page.tsx'
import { Empty, NoMatches, SkeletonRows, Updating } from '../../design/ui/states.tsx'
import { agentsQuery } from '../agents/index.ts'
import { workspaceQuery } from '../workspace/index.ts'
import { CallsTable } from './CallsTable.tsx'
import { callsQuery } from './call-queries.ts'
import { HistoryFilters } from './HistoryFilters.tsx'
import { buildCallFilter, type HistorySearch, isFiltered } from './history-search.ts'

/** Every call, newest first, with filters that are part of the address. */
export function CallHistoryPage() {
  const search = useSearch({ from: '/shell/calls' })
  const navigate = useNavigate({ from: '/calls' })
  const timeZone = useQuery(workspaceQuery).data?.timeZone
  const agents = useQuery(agentsQuery).data
  const today = localDate(serverNow(), timeZone ?? 'UTC')
  const filter = buildCallFilter(search, today)
  const calls = useInfiniteQuery({
    ...callsQuery(filter),
    placeholderData: keepPreviousData,
    // The dates of a preset depend on the workspace's time zone.
    enabled: timeZone !== undefined || search.window === undefined,
  })
  const rows = calls.data?.pages.flatMap((page) => page.data)
  const list = { data: rows, error: calls.error, isFetching: calls.isFetching, refetch: calls.refetch }
  const window = search.window === undefined ? search : resolvePreset(search.window, today)
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
                  <span>{describeShown(rows.length, calls.hasNextPage)}</span>
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
        <Loaded query={list} what="Calls" skeleton={<SkeletonRows count={8} label="calls" />}>
          {(loaded) => (
            <Updating active={calls.isPlaceholderData}>
              {loaded.length > 0 ? (
                <CallsTable calls={loaded} timeZone={timeZone ?? 'UTC'} />
              ) : (
                <NoCalls filtered={isFiltered(search)} onClear={() => change({})} />
              )}
            </Updating>
          )}
        </Loaded>
      </Card>
    </Page>
  )
}

function NoCalls({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (!filtered) {
    return (
      <Empty icon={<IconHistory size={22} stroke={1.5} />} title="No calls yet">
        Every call appears here with its receipt. <Link to="/live">See how to make your first call</Link>
      </Empty>
    )
  }
  return (
    <NoMatches title="No calls match these filters" onClear={onClear}>
      Try other dates, agents or statuses.
    </NoMatches>
  )
}

function describeShown(count: number, more: boolean): string {
  const calls = count === 1 ? '1 call' : `${count} calls`
  return more ? `${calls} shown` : `${calls} in total`
}
