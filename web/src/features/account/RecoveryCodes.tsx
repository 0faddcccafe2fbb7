import { Button, Group } from '@mantine/core'
import { useEffect, useState } from 'react'
import { CopyBlock } from '../../design/ui/Copyable.tsx'
import classes from '../../design/ui/Dialog.module.css'

/** Shows new recovery codes once, to copy or to download. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const text = codes.join('\n')
  const href = useTextFile(`Recovery codes for Talktime. Each works once.\n\n${text}\n`)
  return (
    <div className={classes.form}>
      <p className={classes.text} role="status">
        Two-step sign-in is on. Save these recovery codes: each replaces a code of the app once, if you lose
        your phone.
      </p>
      <CopyBlock value={text} what="recovery codes" />
      <p className={classes.quiet}>They are not shown again. Keep them where others do not find them.</p>
      <Group justify="flex-end" gap="xs">
        <Button
          variant="default"
          renderRoot={(props) => <a href={href} download="talktime-recovery-codes.txt" {...props} />}
        >
          Download
        </Button>
        <Button onClick={onDone} data-autofocus>
          I saved them
        </Button>
      </Group>
    </div>
  )
}

/** The address of a file with this text, as long as the component is shown. */
function useTextFile(text: string): string {
  const [href] = useState(() => URL.createObjectURL(new Blob([text], { type: 'text/plain' })))
  useEffect(() => () => URL.revokeObjectURL(href), [href])
  return href
}
