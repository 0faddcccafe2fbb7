import { ActionIcon, CopyButton, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import classes from './Copyable.module.css'

/** A button that copies `value`. `what` completes "Copy …". */
export function CopyIcon({ value, what }: { value: string; what: string }) {
  return (
    <CopyButton value={value} timeout={1_500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `Copy ${what}`}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            onClick={copy}
            aria-label={copied ? `Copied ${what}` : `Copy ${what}`}
            className={classes.icon}
          >
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  )
}

/** A block of text to paste elsewhere, with a copy button. */
export function CopyBlock({ value, what }: { value: string; what: string }) {
  return (
    <div className={classes.block}>
      <pre className={classes.code}>{value}</pre>
      <CopyIcon value={value} what={what} />
    </div>
  )
}
