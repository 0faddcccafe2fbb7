import type { Receipt as ReceiptData } from '../../api/types.ts'
import { instant, zoneInWords } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { CallStatusIcon } from './CallStatusIcon.tsx'
import { explainReceipt, showCalculation } from './labels.ts'
import { isOpen } from './live-calls.ts'
import classes from './Receipt.module.css'
import { ReceiptCorrections } from './ReceiptCorrections.tsx'
import { ReceiptDetails } from './ReceiptDetails.tsx'
import { ReceiptEntries, ReceiptPayments } from './ReceiptTables.tsx'
import { CallCredits, CallCreditsExact, CallSeconds } from './TickingCall.tsx'

/** The receipt of a call. Its numbers tick while the call is in conversation. */
export function Receipt({ receipt }: { receipt: ReceiptData }) {
  const charged = receipt.charged.milliseconds
  const running = receipt.status === 'in_conversation'
  return (
    <div className={classes.receipt}>
      <div className={classes.main}>
        <Card>
          <div className={classes.top}>
            <CallStatusIcon status={receipt.status} />
            <span className={classes.date}>
              {instant(receipt.authorizedAt, 'dateLong', receipt.timeZone)}
            </span>
          </div>
          <p className={classes.total}>
            <span className={classes.number}>
              <CallCredits call={receipt} />
            </span>{' '}
            <span className={classes.unit}>{running ? 'credits so far' : 'credits'}</span>
          </p>
          <p className={classes.words}>{explainReceipt(receipt)}</p>
          <Moments receipt={receipt} />
          {running && (
            <p className={classes.sum}>
              <CallSeconds call={receipt} /> ÷ 60 = <CallCreditsExact call={receipt} /> credits
            </p>
          )}
          {!running && charged > 0 && (
            <p className={classes.sum}>{showCalculation(charged)}, with no rounding and no minimum</p>
          )}
        </Card>
        {receipt.corrections.length > 0 && <ReceiptCorrections receipt={receipt} />}
        {charged > 0 && !running && <ReceiptPayments receipt={receipt} />}
        {receipt.entries.length > 0 && <ReceiptEntries receipt={receipt} />}
        {running && (
          <p className={classes.later}>
            When the call ends, this page shows which credits paid for it, and its ledger entries.
          </p>
        )}
      </div>
      <ReceiptDetails receipt={receipt} />
    </div>
  )
}

/** When the call was authorized, answered and ended, to the millisecond. */
function Moments({ receipt }: { receipt: ReceiptData }) {
  const { timeZone } = receipt
  const moments = [
    { name: 'Authorized', at: receipt.authorizedAt },
    { name: 'Answered', at: receipt.answeredAt },
    { name: isOpen(receipt) ? 'Ends' : 'Ended', at: receipt.endedAt },
  ]
  return (
    <div className={classes.moments}>
      <dl className={classes.momentList}>
        {moments.map(({ name, at }) => (
          <div key={name} className={classes.moment}>
            <dt>{name}</dt>
            <dd>{at === null ? '—' : <Moment at={at} receipt={receipt} />}</dd>
          </div>
        ))}
        <div className={classes.moment}>
          <dt>In conversation</dt>
          <dd>
            <CallSeconds call={receipt} />
          </dd>
        </div>
      </dl>
      <p className={classes.zone}>
        {zoneInWords(timeZone)} ({timeZone})
      </p>
    </div>
  )
}

/** A time of day, with the date if it differs from the one at the top of the receipt. */
function Moment({ at, receipt }: { at: string; receipt: ReceiptData }) {
  const { authorizedAt, timeZone } = receipt
  const otherDay = instant(at, 'date', timeZone) !== instant(authorizedAt, 'date', timeZone)
  return (
    <time dateTime={at}>
      {otherDay && `${instant(at, 'day', timeZone)}, `}
      {instant(at, 'timeExact', timeZone)}
    </time>
  )
}
