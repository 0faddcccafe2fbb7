import { Kbd, Modal } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { usePageKeyList, useSingleKeys } from '../features/shortcuts/index.ts'
import classes from './KeysDialog.module.css'
import { shellPages } from './pages.ts'

const general = [
  { keys: ['b'], does: 'Buy credits' },
  { keys: ['Ctrl / ⌘', 'K'], does: 'Find a page or action' },
  { keys: ['?'], does: 'Show keyboard shortcuts' },
  { keys: ['Esc'], does: 'Close a dialog or menu' },
]

const arrows: Partial<Record<string, string>> = { ArrowLeft: '←', ArrowRight: '→' }

/** The list of keyboard shortcuts. No key changes or pays for anything: `b` only opens the dialog to buy credits. */
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
        {singleKeys
          ? 'You can turn off single-letter shortcuts in '
          : 'Single-letter shortcuts are turned off in '}
        <Link to="/settings/preferences" onClick={onClose}>
          Preferences
        </Link>
        .
      </p>
    </Modal>
  )
}
