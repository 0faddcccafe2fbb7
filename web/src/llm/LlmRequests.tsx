import { IconAlertTriangle, IconCircleCheck, IconLoader } from '@tabler/icons-react'
import { LLM_PROVIDER_NAMES } from '@talktime/core/llm/llm-provider'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { workspaceQuery } from '../api/queries.ts'
import { PagedList } from '../billing/PagedList.tsx'
import { instant } from '../format/instant.ts'
import { locale } from '../format/locale.ts'
import { Card } from '../ui/Card.tsx'
import { type Column, DataTable } from '../ui/DataTable.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Empty } from '../ui/states.tsx'
import classes from './LlmKeysTab.module.css'
import { type LlmRequest, llmRequestsQuery } from './llm-queries.ts'

/** In milliseconds below a second: a voice agent's listener notices tenths. */
const latency = (ms: number | null) => {
  if (ms === null) return '–'
  if (ms < 1000) return `${ms} ms`
  return `${(ms / 1000).toLocaleString(locale, { maximumFractionDigits: 2 })} s`
}

/** The newest requests, without a word of what was said. */
export function LlmRequests() {
  const requests = useInfiniteQuery(llmRequestsQuery)
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  const columns: Column<LlmRequest>[] = [
    {
      label: 'When',
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
    { label: 'Paid by', cell: (request) => paidBy(request) },
    { label: 'Tokens', end: true, cell: ({ tokens }) => tokens.total?.toLocaleString(locale) ?? '–' },
    { label: 'First byte', end: true, cell: (request) => latency(request.firstByteMilliseconds) },
    { label: 'Outcome', cell: (request) => <Outcome request={request} /> },
  ]
  return (
    <Card title="Requests" caption="Newest first. What was said is not kept." flush>
      <PagedList
        query={requests}
        what="The requests"
        label="requests"
        empty={
          <Empty icon={<IconCircleCheck size={22} stroke={1.5} />} title="No requests yet">
            The first one shows here as soon as an agent asks its language model through this server.
          </Empty>
        }
      >
        {(rows) => <DataTable name="Requests" columns={columns} rows={rows} rowKey={(row) => row.id} />}
      </PagedList>
    </Card>
  )
}

function paidBy({ keySource, fallback, ownKeyStatus }: LlmRequest) {
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
      <Mark icon={IconLoader} tone="wait">
        Under way
      </Mark>
    )
  }
  if (error === null) {
    return (
      <Mark icon={IconCircleCheck} tone="good">
        Done
      </Mark>
    )
  }
  return (
    <>
      <Mark icon={IconAlertTriangle} tone="bad">
        {status === null ? 'Failed' : `Failed (${status})`}
      </Mark>
      <span className={classes.detail}>{error.replaceAll('_', ' ')}</span>
    </>
  )
}
