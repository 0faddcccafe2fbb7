import { Kbd, Modal } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { usePageKeyList, useSingleKeys } from '../features/shortcuts/index.ts'
import classes from './KeysDialog.module.css'
import { shellPages } from './pages.ts'

const general = [
  { keys: ['b'], does: 'Buy credits' },
  { keys: ['Ctrl / ⌘', 'K'], does: 'Find a page or action' },
  { keys: ['?'], does: 'Show these keys' },
  { keys: ['Esc'], does: 'Close what is open' },
]

const arrows: Partial<Record<string, string>> = { ArrowLeft: '←', ArrowRight: '→' }

/** The list of keys. No key ever changes or pays anything: `b` opens the dialog that says what will be paid. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const singleKeys = useSingleKeys()
  const ofThisPage = usePageKeyList().map(({ keys, does }) => ({
    keys: keys.map((key) => arrows[key] ?? key),
    does,
  }))
  const rows = [
    ...ofThisPage,
    ...shellPages.map((page) => ({ keys: ['g', page.key], does: page.label })),
    ...general,
  ]
  return (
    <Modal opened onClose={onClose} title="Keyboard shortcuts" size="24rem">
      <dl className={classes.list}>
        {rows.map((row) => (
          <div key={row.does} className={classes.row}>
            <dt>{row.does}</dt>
            <dd>
              {row.keys.map((key) => (
                <Kbd key={key} size="sm">
                  {key}
                </Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <p className={classes.note}>
        {singleKeys ? 'Single letters can be switched off in ' : 'Single letters are switched off in '}
        <Link to="/settings/preferences" onClick={onClose}>
          Preferences
        </Link>
        .
      </p>
    </Modal>
  )
}
