import { Link } from '@tanstack/react-router'
import type { Call } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { otherParty } from '../../design/format/party.ts'
import { type Column, DataTable, stretched } from '../../design/ui/DataTable.tsx'
import { CallStatusIcon } from './CallStatusIcon.tsx'
import { directionLabels } from './labels.ts'
import { CallCredits, CallTimer } from './TickingCall.tsx'

const makeColumns = (timeZone: string): readonly Column<Call>[] => [
  {
    label: 'Started',
    head: true,
    cell: (call) => (
      <Link to="/calls/$callId" params={{ callId: call.id }} className={stretched ?? ''}>
        <time dateTime={call.authorizedAt}>{instant(call.authorizedAt, 'dayTime', timeZone)}</time>
      </Link>
    ),
    width: '8.5rem',
  },
  { label: 'Number', cell: (call) => <Who call={call} /> },
  { label: 'Agent', cell: (call) => call.agentName },
  { label: 'Direction', cell: (call) => directionLabels[call.direction], width: '6.5rem' },
  { label: 'Status', cell: (call) => <CallStatusIcon status={call.status} />, width: '9.5rem' },
  { label: 'Duration', end: true, cell: (call) => <Duration call={call} />, width: '5.5rem' },
  { label: 'Credits', end: true, cell: (call) => <CallCredits call={call} />, width: '5.5rem' },
]

function Who({ call }: { call: Call }) {
  const number = otherParty(call)
  if (number === null) return call.direction === 'web' ? 'Web visitor' : 'Number withheld'
  return <span className="numeric">{number}</span>
}

function Duration({ call }: { call: Call }) {
  if (call.answeredAt === null) return '—'
  return <CallTimer call={call} />
}

export function CallsTable({ calls, timeZone }: { calls: Call[]; timeZone: string }) {
  return (
    <DataTable
      name="Calls, newest first"
      columns={makeColumns(timeZone)}
      rows={calls}
      rowKey={(call) => call.id}
    />
  )
}
