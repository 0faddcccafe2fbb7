import { Button } from '@mantine/core'
import {
  IconCircleX,
  IconClockPause,
  IconEye,
  IconHandStop,
  IconLock,
  IconPlayerPause,
  IconShoppingCart,
  type Icon as TablerIcon,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { AutoReload, AutoReloadAttempt } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { useAddCard } from '../cards/index.ts'
import classes from './AutoReload.module.css'

const states: Record<AutoReload['state'], { icon: TablerIcon; word: string; tone: string }> = {
  off: { icon: IconPlayerPause, word: 'Off', tone: 'plain' },
  watching: { icon: IconEye, word: 'Watching', tone: 'good' },
  buying: { icon: IconShoppingCart, word: 'Buying', tone: 'wait' },
  waiting: { icon: IconClockPause, word: 'Waiting', tone: 'warn' },
  capped: { icon: IconHandStop, word: 'Capped', tone: 'warn' },
  failed: { icon: IconCircleX, word: 'Stopped', tone: 'bad' },
  plan_required: { icon: IconLock, word: 'Paid plan required', tone: 'plain' },
}

/** The state of auto-reload, why, until when, and how to fix it. */
export function StateLine(props: {
  autoReload: AutoReload
  /** The switch in the form, saved or not. */
  switchedOn: boolean
  manages: boolean
  timeZone: string
}) {
  const { autoReload, timeZone } = props
  const { state, stateUntil } = autoReload
  const { icon: Icon, word, tone } = states[state]
  const until =
    stateUntil === null || (state !== 'waiting' && state !== 'capped')
      ? ''
      : ` until ${instant(stateUntil, state === 'capped' ? 'date' : 'dayTime', timeZone)}`
  return (
    <div className={classes.state} data-tone={tone} role="status">
      <Icon size={18} stroke={1.75} className={classes.stateIcon} aria-hidden />
      <p className={classes.stateText}>
        <span className={classes.strong}>
          {word}
          {until}.
        </span>{' '}
        {describeReason(autoReload)}
        {props.switchedOn !== autoReload.enabled && ` Saving turns it ${props.switchedOn ? 'on' : 'off'}.`}
        <LastAttempt autoReload={autoReload} timeZone={timeZone} />
      </p>
      {props.manages && isFixedByCard(autoReload) && <FixCard autoReload={autoReload} />}
    </div>
  )
}

const outcomeWords: Record<AutoReloadAttempt['outcome'], string> = {
  succeeded: 'bought',
  declined: 'declined',
  requires_action: 'confirm with your bank',
  pending: 'checking',
  not_made: 'not made',
}

function describeReason({ state, stateReason }: AutoReload): string {
  if (state === 'off') return 'Credits are not bought automatically.'
  if (state === 'watching') return 'The balance is above the threshold.'
  return stateReason
}

const isFixedByCard = ({ stateReasonCode }: AutoReload) =>
  stateReasonCode === 'no_card' || stateReasonCode === 'card_declined' || stateReasonCode === 'retry_later'

function FixCard({ autoReload }: { autoReload: AutoReload }) {
  const { start, starting, dialog } = useAddCard()
  return (
    <>
      <Button variant="default" size="xs" loading={starting} onClick={start}>
        {autoReload.stateReasonCode === 'no_card' ? 'Add card' : 'Fix card'}
      </Button>
      {dialog}
    </>
  )
}

function LastAttempt({ autoReload, timeZone }: { autoReload: AutoReload; timeZone: string }) {
  const { lastAttempt } = autoReload
  if (lastAttempt === null) return null
  return (
    <span className={classes.lastAttempt}>
      Last attempt {instant(lastAttempt.at, 'dayTime', timeZone)}: {outcomeWords[lastAttempt.outcome]}.{' '}
      <Link
        to="/billing"
        hash="history"
        search={(search: Record<string, unknown>) => ({ ...search, history: 'reloads' as const })}
      >
        All attempts
      </Link>
    </span>
  )
}
