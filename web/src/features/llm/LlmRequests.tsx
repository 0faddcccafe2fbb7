import { IconAlertTriangle, IconCircleCheck, IconLoader } from '@tabler/icons-react'
import { LLM_PROVIDER_NAMES } from '@talktime/core/llm/llm-provider'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { instant } from '../../design/format/instant.ts'
import { locale } from '../../design/format/locale.ts'
import { Card } from '../../design/ui/Card.tsx'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import { PagedList } from '../../design/ui/PagedList.tsx'
import { StatusIcon } from '../../design/ui/StatusIcon.tsx'
import { Empty } from '../../design/ui/states.tsx'
import { workspaceQuery } from '../workspace/index.ts'
import classes from './LlmKeysTab.module.css'
import { type LlmRequest, llmRequestsQuery } from './llm-queries.ts'

/** Writes a latency, in milliseconds below a second. */
const formatLatency = (ms: number | null) => {
  if (ms === null) return '–'
  if (ms < 1000) return `${ms} ms`
  return `${(ms / 1000).toLocaleString(locale, { maximumFractionDigits: 2 })} s`
}

/** The latest requests. Their content is not stored. */
export function LlmRequests() {
  const requests = useInfiniteQuery(llmRequestsQuery)
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  const columns: Column<LlmRequest>[] = [
    {
      label: 'Date',
      head: true,
      cell: (request) =>
        request.callId === null ? (
          instant(request.at, 'dayTime', timeZone)
        ) : (
          <Link to="/calls/$callId" params={{ callId: request.callId }}>
            {instant(request.at, 'dayTime', timeZone)}
          </Link>
        ),
      width: '9rem',
    },
    {
      label: 'Agent and model',
      cell: (request) => (
        <>
          {request.agentName}
          <span className={classes.detail}>
            {LLM_PROVIDER_NAMES[request.provider]}, {request.model}
          </span>
        </>
      ),
    },
    { label: 'Paid by', cell: (request) => <PaidBy request={request} /> },
    { label: 'Tokens', end: true, cell: ({ tokens }) => tokens.total?.toLocaleString(locale) ?? '–' },
    { label: 'First byte', end: true, cell: (request) => formatLatency(request.firstByteMilliseconds) },
    { label: 'Outcome', cell: (request) => <Outcome request={request} /> },
  ]
  return (
    <Card title="Requests" caption="Newest first. The content of requests is not stored." flush>
      <PagedList
        query={requests}
        what="Requests"
        label="requests"
        empty={
          <Empty icon={<IconCircleCheck size={22} stroke={1.5} />} title="No requests yet">
            Requests appear here when an agent uses the LLM gateway.
          </Empty>
        }
      >
        {(rows) => <DataTable name="Requests" columns={columns} rows={rows} rowKey={(row) => row.id} />}
      </PagedList>
    </Card>
  )
}

function PaidBy({ request: { keySource, fallback, ownKeyStatus } }: { request: LlmRequest }) {
  if (keySource === 'own') return 'Your key'
  if (!fallback) return 'Platform’s key'
  return (
    <>
      Platform’s key
      <span className={classes.detail}>yours was refused ({ownKeyStatus})</span>
    </>
  )
}

function Outcome({ request }: { request: LlmRequest }) {
  const { endedAt, error, status } = request
  if (endedAt === null) {
    return (
      <StatusIcon icon={IconLoader} tone="wait">
        In progress
      </StatusIcon>
    )
  }
  if (error === null) {
    return (
      <StatusIcon icon={IconCircleCheck} tone="good">
        Done
      </StatusIcon>
    )
  }
  return (
    <>
      <StatusIcon icon={IconAlertTriangle} tone="bad">
        {status === null ? 'Failed' : `Failed (${status})`}
      </StatusIcon>
      <span className={classes.detail}>{error.replaceAll('_', ' ')}</span>
    </>
  )
}
