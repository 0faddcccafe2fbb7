import type { Campaign } from '../../api/types.ts'
import classes from './ContactsBar.module.css'
import { count } from './labels.ts'

type Contacts = Campaign['contacts']

/** The states of a campaign's contacts, in the order of the bar and its legend. */
export const contactParts = [
  { state: 'reached', label: 'Reached', of: (contacts: Contacts) => contacts.reached },
  { state: 'not_reached', label: 'Not reached', of: (contacts: Contacts) => contacts.notReached },
  { state: 'calling', label: 'Being called', of: (contacts: Contacts) => contacts.calling },
  { state: 'waiting', label: 'Waiting', of: (contacts: Contacts) => contacts.waiting },
] as const

/** The progress of a campaign as a bar, with a text for screen readers. */
export function ContactsBar({ contacts, large }: { contacts: Contacts; large?: boolean }) {
  const parts = contactParts.filter(({ of }) => of(contacts) > 0)
  const text = parts.map(({ label, of }) => `${count(of(contacts))} ${label.toLowerCase()}`).join(', ')
  return (
    <div
      className={classes.bar}
      data-large={large || undefined}
      role="img"
      aria-label={parts.length === 0 ? 'No contacts yet' : text}
    >
      {parts.map(({ state, of }) => (
        <span key={state} className={classes.part} data-state={state} style={{ flexGrow: of(contacts) }} />
      ))}
    </div>
  )
}

/** The legend of the bar, with numbers. */
export function ContactsLegend({ contacts }: { contacts: Contacts }) {
  return (
    <dl className={classes.legend}>
      {contactParts.map(({ state, label, of }) => (
        <div key={state} className={classes.entry}>
          <dt>
            <span className={classes.key} data-state={state} aria-hidden />
            {label}
          </dt>
          <dd>
            {count(of(contacts))}
            {contacts.total > 0 && (
              <span className={classes.share}>{formatShare(of(contacts), contacts.total)}</span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Rounds a share, but never to 0% or 100% unless that is exact. */
function formatShare(part: number, total: number): string {
  const percent = (part / total) * 100
  if (part > 0 && percent < 1) return '< 1%'
  if (part < total && percent > 99) return '> 99%'
  return `${Math.round(percent)}%`
}
