import {
  IconCircleCheck,
  IconClock,
  IconPhoneCalling,
  IconPhoneX,
  type Icon as TablerIcon,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Contact, ContactState } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { type Column, DataTable, stretched } from '../../design/ui/DataTable.tsx'
import { StatusIcon, type Tone } from '../../design/ui/StatusIcon.tsx'
import classes from './ContactsTable.module.css'
import { contactStateLabels, count, outcomeLabel } from './labels.ts'

const icons: Record<ContactState, { icon: TablerIcon; tone: Tone }> = {
  waiting: { icon: IconClock, tone: 'plain' },
  calling: { icon: IconPhoneCalling, tone: 'wait' },
  reached: { icon: IconCircleCheck, tone: 'good' },
  not_reached: { icon: IconPhoneX, tone: 'plain' },
}

const makeColumns = (timeZone: string): readonly Column<Contact>[] => [
  { label: 'Number', head: true, width: '9rem', cell: (contact) => <Phone contact={contact} /> },
  {
    label: 'Name',
    cell: ({ name, details }) => (
      <>
        {name ?? <span className={classes.none}>None</span>}
        {details !== null && <Details details={details} />}
      </>
    ),
  },
  {
    label: 'Status',
    width: '8.5rem',
    cell: ({ state }) => <StatusIcon {...icons[state]}>{contactStateLabels[state]}</StatusIcon>,
  },
  { label: 'Attempts', end: true, width: '5.5rem', cell: ({ attempts }) => count(attempts) },
  {
    label: 'Last call',
    width: '10.5rem',
    cell: ({ lastAttemptAt, lastOutcome }) =>
      lastAttemptAt === null ? (
        <span className={classes.none}>Not called yet</span>
      ) : (
        <>
          <time dateTime={lastAttemptAt}>{instant(lastAttemptAt, 'dayTime', timeZone)}</time>
          {lastOutcome !== null && <span className={classes.note}>{outcomeLabel(lastOutcome)}</span>}
        </>
      ),
  },
  {
    label: 'Next call',
    width: '8.5rem',
    cell: ({ nextAttemptAt }) =>
      nextAttemptAt === null ? (
        '—'
      ) : (
        <>from {<time dateTime={nextAttemptAt}>{instant(nextAttemptAt, 'dayTime', timeZone)}</time>}</>
      ),
  },
]

/** The other columns of the uploaded file, cut to two lines. */
function Details({ details }: { details: NonNullable<Contact['details']> }) {
  const texts = Object.entries(details).map(([heading, value]) => `${heading}: ${value}`)
  return (
    <span className={`${classes.note} ${classes.details}`} title={texts.join('\n')}>
      {texts.map((text) => (
        <span key={text}>{text} </span>
      ))}
    </span>
  )
}

/** The contact's number, with a link to the receipt of the last call. */
function Phone({ contact: { phone, lastCallId } }: { contact: Contact }) {
  const number = <span className="numeric">{phone}</span>
  if (lastCallId === null) return number
  return (
    <Link to="/calls/$callId" params={{ callId: lastCallId }} className={stretched ?? ''}>
      {number}
    </Link>
  )
}

export function ContactsTable({ contacts, timeZone }: { contacts: Contact[]; timeZone: string }) {
  return <DataTable name="Contacts" columns={makeColumns(timeZone)} rows={contacts} rowKey={({ id }) => id} />
}
