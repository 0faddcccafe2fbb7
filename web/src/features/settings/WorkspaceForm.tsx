import { Button, Group, NumberInput, Radio, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { api, readBody } from '../../api/client.ts'
import type { Workspace } from '../../api/types.ts'
import { listZoneOptions } from '../../design/format/time-zones.ts'
import { Card } from '../../design/ui/Card.tsx'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { SettingsRow } from '../../design/ui/SettingsRow.tsx'
import { toast } from '../../design/ui/toast.ts'
import { UnsavedDialog } from '../../design/ui/UnsavedDialog.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { balanceQuery } from '../balance/index.ts'
import { mayManage, sessionQuery, useMembership, workspaceQuery } from '../workspace/index.ts'
import classes from './WorkspaceForm.module.css'

type Fields = {
  name: string
  timeZone: string
  whenCreditsRunOut: 'finish' | 'end'
  /** Empty means the plan's credits. */
  monthlyBudgetCredits: number | string
  /** Empty means the default rule. */
  lowBalanceCredits: number | string
}

const fieldsOf = (workspace: Workspace): Fields => ({
  name: workspace.name,
  timeZone: workspace.timeZone,
  whenCreditsRunOut: workspace.whenCreditsRunOut,
  monthlyBudgetCredits: workspace.monthlyBudgetCredits ?? '',
  lowBalanceCredits: workspace.lowBalanceCredits ?? '',
})

/** The workspace's settings. Leaving with unsaved changes asks first. */
export function WorkspaceForm({ workspace }: { workspace: Workspace }) {
  const queryClient = useQueryClient()
  const manages = mayManage(useMembership().workspace.role)
  const form = useForm<Fields>({
    initialValues: fieldsOf(workspace),
    validate: {
      name: (value) => (value.trim() === '' ? 'Enter a name' : null),
      monthlyBudgetCredits: (value) =>
        value === '' || Number(value) > 0 ? null : 'Enter more than 0 credits, or leave it empty',
    },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    ({ monthlyBudgetCredits, lowBalanceCredits, ...rest }) =>
      readBody(
        api.PATCH('/v1/workspace', {
          body: {
            ...rest,
            monthlyBudgetCredits: monthlyBudgetCredits === '' ? null : Number(monthlyBudgetCredits),
            lowBalanceCredits: lowBalanceCredits === '' ? null : Number(lowBalanceCredits),
          },
        }),
      ),
    async (saved) => {
      queryClient.setQueryData(workspaceQuery.queryKey, saved)
      form.setInitialValues(fieldsOf(saved))
      form.setValues(fieldsOf(saved))
      form.resetDirty(fieldsOf(saved))
      toast('Workspace saved')
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
      await queryClient.invalidateQueries({ queryKey: balanceQuery.queryKey })
    },
  )
  const dirty = form.isDirty()
  const blocker = useBlocker({
    shouldBlockFn: () => dirty,
    withResolver: true,
    enableBeforeUnload: () => dirty,
  })

  return (
    <form onSubmit={onSubmit} noValidate aria-label="Workspace settings">
      <Card
        footer={
          <>
            <span role="status">{dirty ? 'Unsaved changes' : manages ? 'All changes saved' : ''}</span>
            <Group gap="xs">
              {dirty && (
                <Button variant="subtle" color="gray" size="xs" onClick={form.reset}>
                  Undo
                </Button>
              )}
              <Button type="submit" size="xs" disabled={!dirty || !manages} loading={pending}>
                Save
              </Button>
            </Group>
          </>
        }
      >
        <FormMessage message={message} />
        <div className={classes.rows}>
          <SettingsRow name="Name" note="Shown to members and on receipts.">
            <TextInput
              aria-label="Workspace name"
              disabled={!manages}
              maxLength={100}
              {...form.getInputProps('name')}
            />
          </SettingsRow>
          <SettingsRow
            name="Time zone"
            note="Applies to all days, months and date ranges, including past ones. Past LLM requests keep their day, and the current billing cycle keeps its end."
          >
            <Select
              aria-label="Time zone"
              data={listZoneOptions(workspace.timeZone)}
              searchable
              allowDeselect={false}
              limit={100}
              nothingFoundMessage="No time zones found"
              disabled={!manages}
              {...form.getInputProps('timeZone')}
            />
          </SettingsRow>
          <SettingsRow
            name="When credits run out during a call"
            note="New calls are refused either way. This applies to calls already in conversation."
          >
            <Radio.Group
              aria-label="When credits run out during a call"
              {...form.getInputProps('whenCreditsRunOut')}
            >
              <div className={classes.choices}>
                <Radio
                  value="finish"
                  label="Let the call finish"
                  description="The balance may go below zero. The next credits pay that first."
                  disabled={!manages}
                />
                <Radio
                  value="end"
                  label="End the call"
                  description="The voice stack is ordered to hang up at zero."
                  disabled={!manages}
                />
              </div>
            </Radio.Group>
          </SettingsRow>
          <SettingsRow
            name="Low balance"
            note="Below this, the balance counts as low and you get an alert. Enter 0 for no alert. Leave it empty for a tenth of the monthly credits, at least 5."
          >
            <NumberInput
              aria-label="Low balance in credits"
              placeholder="Automatic"
              min={0}
              decimalScale={2}
              thousandSeparator
              allowNegative={false}
              hideControls
              suffix=" credits"
              disabled={!manages}
              {...form.getInputProps('lowBalanceCredits')}
            />
          </SettingsRow>
          <SettingsRow
            name="Monthly budget"
            note={`For each calendar month. Going over it alerts you but stops nothing. Leave it empty for the credits of the ${workspace.plan.name} plan.`}
          >
            <NumberInput
              aria-label="Monthly budget in credits"
              placeholder="Same as plan"
              min={0}
              decimalScale={2}
              thousandSeparator
              hideControls
              suffix=" credits"
              disabled={!manages}
              {...form.getInputProps('monthlyBudgetCredits')}
            />
          </SettingsRow>
        </div>
      </Card>
      {blocker.status === 'blocked' && <UnsavedDialog onStay={blocker.reset} onLeave={blocker.proceed} />}
    </form>
  )
}
