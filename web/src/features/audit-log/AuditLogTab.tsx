import { Button } from '@mantine/core'
import { IconDownload, IconListDetails } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { serverNow } from '../../api/server-clock.ts'
import { localDate } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { PagedList } from '../../design/ui/PagedList.tsx'
import { Empty, NoMatches, Updating } from '../../design/ui/states.tsx'
import { mayManage, ReadOnlyNote, useMembership, workspaceQuery } from '../workspace/index.ts'
import { AuditFilters } from './AuditFilters.tsx'
import { AuditTable } from './AuditTable.tsx'
import { auditLogQuery } from './audit-queries.ts'
import { type AuditSearch, buildAuditFilter, buildFileHref, isFiltered } from './audit-search.ts'

/** Who did what in the workspace, newest first, with filters that are part of the address. */
export function AuditLogTab() {
  const { workspace } = useMembership()
  if (!mayManage(workspace.role)) return <ReadOnlyNote what="read the audit log" />
  return <AuditLog workspaceId={workspace.id} />
}

function AuditLog({ workspaceId }: { workspaceId: string }) {
  const search = useSearch({ from: '/shell/settings/audit-log' })
  const navigate = useNavigate({ from: '/settings/audit-log' })
  const timeZone = useQuery(workspaceQuery).data?.timeZone
  const today = localDate(serverNow(), timeZone ?? 'UTC')
  const filter = buildAuditFilter(search, today)
  const log = useInfiniteQuery({
    ...auditLogQuery(filter),
    placeholderData: keepPreviousData,
    // The dates of a preset depend on the workspace's time zone.
    enabled: timeZone !== undefined || search.window === undefined,
  })
  const change = (next: AuditSearch) => void navigate({ search: next, replace: true, resetScroll: false })
  return (
    <>
      <AuditFilters search={search} today={today} onChange={change} />
      <Card
        title="Audit log"
        caption="Who changed what, when and from where. Entries can’t be edited or deleted."
        actions={
          <Button
            component="a"
            href={buildFileHref(workspaceId, filter)}
            download
            variant="default"
            size="xs"
            leftSection={<IconDownload size={15} stroke={1.75} aria-hidden />}
          >
            Export CSV
          </Button>
        }
        flush
      >
        <PagedList
          query={log}
          what="The audit log"
          label="the audit log"
          empty={<NoEntries filtered={isFiltered(search)} onClear={() => change({})} />}
        >
          {(entries) => (
            <Updating active={log.isPlaceholderData}>
              <AuditTable entries={entries} timeZone={timeZone ?? 'UTC'} />
            </Updating>
          )}
        </PagedList>
      </Card>
    </>
  )
}

function NoEntries({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (!filtered) {
    return (
      <Empty icon={<IconListDetails size={22} stroke={1.5} />} title="Nothing recorded yet">
        Every change to the workspace appears here, with who made it.
      </Empty>
    )
  }
  return (
    <NoMatches title="Nothing matches these filters" onClear={onClear}>
      Try other dates, people or subjects.
    </NoMatches>
  )
}
