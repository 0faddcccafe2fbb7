import { Button } from '@mantine/core'
import { IconPhoneEnd } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Call } from '../../api/types.ts'
import { maskNumber, otherParty } from '../../design/format/party.ts'
import { type Column, DataTable, stretched } from '../../design/ui/DataTable.tsx'
import { StatusIcon } from '../../design/ui/StatusIcon.tsx'
import { CallStatusIcon } from './CallStatusIcon.tsx'
import { HangUpDialog } from './HangUpDialog.tsx'
import classes from './LiveCallsTable.module.css'
import { directionLabels, hangUpReasons } from './labels.ts'
import { isOpen } from './live-calls.ts'
import { CallCredits, CallTimer } from './TickingCall.tsx'

const columns: readonly Column<Call>[] = [
  {
    label: 'Number',
    head: true,
    cell: (call) => (
      <Link to="/calls/$callId" params={{ callId: call.id }} className={stretched ?? ''}>
        <Who call={call} />
      </Link>
    ),
  },
  { label: 'Agent', cell: (call) => call.agentName },
  { label: 'Direction', cell: (call) => directionLabels[call.direction] },
  { label: 'Status', cell: (call) => <Status call={call} />, width: '9.5rem' },
  { label: 'Time', end: true, cell: (call) => <CallTimer call={call} />, width: '5.5rem' },
  { label: 'Credits', end: true, cell: (call) => <CallCredits call={call} />, width: '5.5rem' },
]

/** The caller's number, maskNumber: this page may be on a screen that others can see. */
function Who({ call }: { call: Call }) {
  const number = otherParty(call)
  if (number === null) return call.direction === 'web' ? 'Web visitor' : 'Number withheld'
  return (
    <span className="numeric" style={{ whiteSpace: 'nowrap' }} title={`Ends in ${number.slice(-4)}`}>
      {maskNumber(number)}
    </span>
  )
}

/** A call that was ordered to hang up is still live, and charged, until it ends. */
function Status({ call }: { call: Call }) {
  if (!isOpen(call) || call.hangUpOrderedAt === null) return <CallStatusIcon status={call.status} />
  return (
    <>
      <StatusIcon icon={IconPhoneEnd} tone="warn">
        Ending…
      </StatusIcon>
      {call.hangUpReason !== null && <span className={classes.why}>{hangUpReasons[call.hangUpReason]}</span>}
    </>
  )
}

export function LiveCallsTable({ calls, manages }: { calls: Call[]; manages: boolean }) {
  const [ending, setEnding] = useState<Call | null>(null)
  const hangUp: Column<Call> = {
    label: 'Hang up',
    actions: true,
    cell: (call) =>
      isOpen(call) &&
      call.hangUpOrderedAt === null && (
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => setEnding(call)}
          aria-label={`Hang up the call between ${call.agentName} and ${nameParty(call)}`}
        >
          Hang up
        </Button>
      ),
  }
  return (
    <>
      <DataTable
        name="Live calls, newest first"
        columns={manages ? [...columns, hangUp] : columns}
        rows={calls}
        rowKey={(call) => call.id}
        isFaded={(call) => !isOpen(call)}
      />
      {ending && <HangUpDialog call={ending} onClose={() => setEnding(null)} />}
    </>
  )
}

function nameParty(call: Call): string {
  const number = otherParty(call)
  if (number !== null) return maskNumber(number)
  return call.direction === 'web' ? 'a web visitor' : 'a withheld number'
}
