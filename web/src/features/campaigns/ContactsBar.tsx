import type { Campaign } from '../../api/types.ts'
import classes from './ContactsBar.module.css'
import { count } from './labels.ts'

type Contacts = Campaign['contacts']

/** The parts of a campaign's contacts, as they stand in the bar and beside it. */
export const contactParts = [
  { state: 'reached', word: 'Reached', of: (contacts: Contacts) => contacts.reached },
  { state: 'not_reached', word: 'Not reached', of: (contacts: Contacts) => contacts.notReached },
  { state: 'calling', word: 'Being called', of: (contacts: Contacts) => contacts.calling },
  { state: 'waiting', word: 'Waiting', of: (contacts: Contacts) => contacts.waiting },
] as const

/** How far the campaign has come, as a bar; what it shows is said in words too. */
export function ContactsBar({ contacts, large }: { contacts: Contacts; large?: boolean }) {
  const parts = contactParts.filter(({ of }) => of(contacts) > 0)
  const words = parts.map(({ word, of }) => `${count(of(contacts))} ${word.toLowerCase()}`).join(', ')
  return (
    <div
      className={classes.bar}
      data-large={large || undefined}
      role="img"
      aria-label={parts.length === 0 ? 'No contacts yet' : words}
    >
      {parts.map(({ state, of }) => (
        <span key={state} className={classes.part} data-state={state} style={{ flexGrow: of(contacts) }} />
      ))}
    </div>
  )
}

/** The bar's parts with their numbers. */
export function ContactsLegend({ contacts }: { contacts: Contacts }) {
  return (
    <dl className={classes.legend}>
      {contactParts.map(({ state, word, of }) => (
        <div key={state} className={classes.entry}>
          <dt>
            <span className={classes.key} data-state={state} aria-hidden />
            {word}
          </dt>
          <dd>
            {count(of(contacts))}
            {contacts.total > 0 && (
              <span className={classes.share}>{share(of(contacts), contacts.total)}</span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** A share that never says all or nothing where that is not so. */
function share(part: number, total: number): string {
  const percent = (part / total) * 100
  if (part > 0 && percent < 1) return '< 1 %'
  if (part < total && percent > 99) return '> 99 %'
  return `${Math.round(percent)} %`
}
