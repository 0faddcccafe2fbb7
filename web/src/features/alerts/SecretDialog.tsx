import { Button, Group, Modal } from '@mantine/core'
import type { WebhookWithSecret } from '../../api/types.ts'
import { CopyBlock } from '../../design/ui/Copyable.tsx'
import classes from './Dialog.module.css'

/** Shows a webhook's secret. It cannot be shown again. */
export function SecretDialog({ webhook, onClose }: { webhook: WebhookWithSecret; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Webhook secret" closeOnClickOutside={false}>
      <div className={classes.form}>
        <p className={classes.text}>
          Copy the secret now. You will not be able to see it again. Messages to {webhook.url} are signed with
          it, so that you can verify them.
        </p>
        <CopyBlock value={webhook.secret} what="secret" />
        <Group justify="flex-end">
          <Button onClick={onClose}>I have copied it</Button>
        </Group>
      </div>
    </Modal>
  )
}
