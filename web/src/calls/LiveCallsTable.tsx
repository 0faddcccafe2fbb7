import { Link } from '@tanstack/react-router'
import type { Call } from '../api/types.ts'
import { masked, otherParty } from '../format/party.ts'
import { isOpen } from '../live/apply.ts'
import { type Column, DataTable, stretched } from '../ui/DataTable.tsx'
import { StatusMark } from './StatusMark.tsx'
import { CallCredits, CallTimer } from './Ticking.tsx'
import { directionWords } from './words.ts'

const columns: readonly Column<Call>[] = [
  {
    label: 'Who',
    head: true,
    cell: (call) => (
      <Link to="/calls/$callId" params={{ callId: call.id }} className={stretched ?? ''}>
        <Who call={call} />
      </Link>
    ),
  },
  { label: 'Agent', cell: (call) => call.agentName },
  { label: 'Direction', cell: (call) => directionWords[call.direction] },
  { label: 'Status', cell: (call) => <StatusMark status={call.status} />, width: '9.5rem' },
  { label: 'Time', end: true, cell: (call) => <CallTimer call={call} />, width: '5.5rem' },
  { label: 'Credits', end: true, cell: (call) => <CallCredits call={call} />, width: '5.5rem' },
]

/** The number, masked: a screen on a wall shows everyone who calls. */
function Who({ call }: { call: Call }) {
  const number = otherParty(call)
  if (number === null) return call.direction === 'web' ? 'Web visitor' : 'Number withheld'
  return (
    <span className="numeric" style={{ whiteSpace: 'nowrap' }} title={`Ends in ${number.slice(-4)}`}>
      {masked(number)}
    </span>
  )
}

export function LiveCallsTable({ calls }: { calls: Call[] }) {
  return (
    <DataTable
      name="Live calls, newest first"
      columns={columns}
      rows={calls}
      rowKey={(call) => call.id}
      isFaded={(call) => !isOpen(call)}
    />
  )
}
