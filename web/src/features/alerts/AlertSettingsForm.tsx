import { Switch } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconMailCheck } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import type { AlertKind, AlertSettings } from '../../api/types.ts'
import { Card } from '../../design/ui/Card.tsx'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { SaveBar } from '../../design/ui/SaveBar.tsx'
import { SettingsRow } from '../../design/ui/SettingsRow.tsx'
import { toast } from '../../design/ui/toast.ts'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { useUnsavedGuard } from '../../design/ui/use-unsaved-guard.tsx'
import { useMembership } from '../workspace/index.ts'
import classes from './AlertSettingsForm.module.css'
import { kindGroups, kinds } from './alert-kinds.ts'
import { alertSettingsQuery } from './alert-queries.ts'

/** Chooses which alerts this person gets by email. Leaving with unsaved changes asks first. */
export function AlertSettingsForm({ saved }: { saved: AlertSettings }) {
  const queryClient = useQueryClient()
  const { session, workspace } = useMembership()
  const form = useForm<AlertSettings['mail']>({ initialValues: saved.mail })
  const { onSubmit, message, pending } = useSubmit(
    form,
    (mail) => readBody(api.PUT('/v1/alert-settings', { body: { mail } })),
    (answer) => {
      queryClient.setQueryData(alertSettingsQuery.queryKey, answer)
      form.setInitialValues(answer.mail)
      form.setValues(answer.mail)
      form.resetDirty(answer.mail)
      toast('Alert settings saved')
    },
  )
  const dirty = form.isDirty()
  const unsavedDialog = useUnsavedGuard(() => dirty)
  return (
    <form onSubmit={onSubmit} noValidate aria-label="Alerts by email">
      <Card
        title="Alerts by email"
        caption={
          workspace.demo
            ? 'Demo workspaces send no email.'
            : `Sent to ${session.user.email}, for you only. Everyone sees all alerts in the app.`
        }
        footer={<SaveBar dirty={dirty} editable saving={pending} onUndo={form.reset} />}
      >
        <FormMessage message={message} />
        <div>
          {kindGroups.map((group) => (
            <SettingsRow key={group.name} name={group.name} note={group.about}>
              <div className={classes.switches}>
                {group.kinds.map((kind) =>
                  saved.always.includes(kind) ? (
                    <Always key={kind} kind={kind} />
                  ) : (
                    <Switch
                      key={kind}
                      label={kinds[kind].name}
                      description={kinds[kind].when}
                      {...form.getInputProps(kind, { type: 'checkbox' })}
                    />
                  ),
                )}
              </div>
            </SettingsRow>
          ))}
        </div>
      </Card>
      {unsavedDialog}
    </form>
  )
}

/** A kind that cannot be turned off. */
function Always({ kind }: { kind: AlertKind }) {
  return (
    <div className={classes.always}>
      <IconMailCheck size={20} stroke={1.75} className={classes.icon} aria-hidden />
      <div>
        {kinds[kind].name}
        <span className={classes.note}>{kinds[kind].when}. Owners always get this email.</span>
      </div>
    </div>
  )
}
