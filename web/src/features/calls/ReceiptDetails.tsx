import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Receipt } from '../../api/types.ts'
import { roughly } from '../../design/format/duration.ts'
import { instant } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { CopyIcon } from '../../design/ui/Copyable.tsx'
import { useMembership, workspaceQuery } from '../workspace/index.ts'
import { directionLabels, hangUpReasons, reporterNames } from './labels.ts'
import classes from './Receipt.module.css'

function describeEndSource({ endSource, reportedBy }: Receipt): string | null {
  if (endSource === null) return null
  if (endSource === 'presumed') return 'presumed from the last sign of life'
  return `reported by ${reporterNames[reportedBy.end ?? 'unknown']}`
}

/** The agent, numbers, end and identifiers of the call. */
export function ReceiptDetails({ receipt }: { receipt: Receipt }) {
  const end = [receipt.endReason?.replaceAll('_', ' ') ?? null, describeEndSource(receipt)]
    .filter((part) => part !== null)
    .join(', ')
  const { workspace } = useMembership()
  const plan = useQuery(workspaceQuery).data?.plan
  return (
    <Card title="Call">
      <dl className={classes.details}>
        <div className={classes.printed}>
          <Detail name="Workspace">{workspace.name}</Detail>
        </div>
        <Detail name="Agent">{receipt.agentName}</Detail>
        <Detail name="Direction">{directionLabels[receipt.direction]}</Detail>
        {receipt.from !== null && <Detail name="From">{receipt.from}</Detail>}
        {receipt.to !== null && <Detail name="To">{receipt.to}</Detail>}
        {end !== '' && <Detail name="End">{end}</Detail>}
        {receipt.hangUpOrderedAt !== null && receipt.hangUpReason !== null && (
          <Detail name="Hang-up ordered">
            {instant(receipt.hangUpOrderedAt, 'timeExact', receipt.timeZone)},{' '}
            {hangUpReasons[receipt.hangUpReason]}
          </Detail>
        )}
        {receipt.status !== 'refused' && receipt.maxDurationSeconds > 0 && (
          <Detail name="Maximum duration">
            {roughly(receipt.maxDurationSeconds * 1000)}
            {plan?.overdraft === 'none' && ', as far as the balance pays'}
          </Detail>
        )}
        <Detail name="Call ID">
          <span className={classes.mono}>{receipt.id}</span>
          <CopyIcon value={receipt.id} what="call ID" />
        </Detail>
        {receipt.externalId !== null && (
          <Detail name="External ID">
            <span className={classes.mono}>{receipt.externalId}</span>
            <CopyIcon value={receipt.externalId} what="external ID" />
          </Detail>
        )}
      </dl>
    </Card>
  )
}

function Detail({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.detail}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
