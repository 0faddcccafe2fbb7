import type { ReactNode } from 'react'
import type { Receipt } from '../../api/types.ts'
import { roughly } from '../../design/format/duration.ts'
import { instant } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { CopyIcon } from '../../design/ui/Copyable.tsx'
import { useMembership } from '../workspace/index.ts'
import { directionWords, hangUpWords } from './labels.ts'
import classes from './Receipt.module.css'

const endSources = {
  reported: 'reported by the voice stack',
  presumed: 'presumed from the last sign of life',
}

/** Who and what the call was. */
export function ReceiptDetails({ receipt }: { receipt: Receipt }) {
  const end = [
    receipt.endReason?.replaceAll('_', ' ') ?? null,
    receipt.endSource === null ? null : endSources[receipt.endSource],
  ]
    .filter((part) => part !== null)
    .join(', ')
  const { workspace } = useMembership()
  return (
    <Card title="Call">
      <dl className={classes.details}>
        <div className={classes.printed}>
          <Detail name="Workspace">{workspace.name}</Detail>
        </div>
        <Detail name="Agent">{receipt.agentName}</Detail>
        <Detail name="Direction">{directionWords[receipt.direction]}</Detail>
        {receipt.from !== null && <Detail name="From">{receipt.from}</Detail>}
        {receipt.to !== null && <Detail name="To">{receipt.to}</Detail>}
        {end !== '' && <Detail name="End">{end}</Detail>}
        {receipt.hangUpOrderedAt !== null && receipt.hangUpReason !== null && (
          <Detail name="Told to end">
            {instant(receipt.hangUpOrderedAt, 'timeExact', receipt.timeZone)},{' '}
            {hangUpWords[receipt.hangUpReason]}
          </Detail>
        )}
        {receipt.status !== 'refused' && receipt.maxDurationSeconds > 0 && (
          <Detail name="Longest allowed">{roughly(receipt.maxDurationSeconds * 1000)}</Detail>
        )}
        <Detail name="Call id">
          <span className={classes.mono}>{receipt.id}</span>
          <CopyIcon value={receipt.id} what="the call id" />
        </Detail>
        {receipt.externalId !== null && (
          <Detail name="External id">
            <span className={classes.mono}>{receipt.externalId}</span>
            <CopyIcon value={receipt.externalId} what="the external id" />
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
