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
  /** Empty for no budget of one's own. */
  monthlyBudgetCredits: number | string
  /** Empty for Talktime's rule. */
  lowBalanceCredits: number | string
}

const fieldsOf = (workspace: Workspace): Fields => ({
  name: workspace.name,
  timeZone: workspace.timeZone,
  whenCreditsRunOut: workspace.whenCreditsRunOut,
  monthlyBudgetCredits: workspace.monthlyBudgetCredits ?? '',
  lowBalanceCredits: workspace.lowBalanceCredits ?? '',
})

/** The workspace's settings. Nothing is saved before Save, and leaving with changes asks. */
export function WorkspaceForm({ workspace }: { workspace: Workspace }) {
  const queryClient = useQueryClient()
  const manages = mayManage(useMembership().workspace.role)
  const form = useForm<Fields>({
    initialValues: fieldsOf(workspace),
    validate: {
      name: (value) => (value.trim() === '' ? 'The workspace needs a name' : null),
      monthlyBudgetCredits: (value) =>
        value === '' || Number(value) > 0 ? null : 'Enter a number of credits above 0, or nothing',
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
      toast('The workspace is saved')
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
            <span role="status">{dirty ? 'Unsaved changes' : manages ? 'Everything is saved' : ''}</span>
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
          <SettingsRow name="Name" note="What members see, and what stands on receipts.">
            <TextInput
              aria-label="Workspace name"
              disabled={!manages}
              maxLength={100}
              {...form.getInputProps('name')}
            />
          </SettingsRow>
          <SettingsRow
            name="Time zone"
            note="Days, months and windows of dates follow it, those of before too; requests to language models stay on the day they were counted on. The running billing cycle keeps its end."
          >
            <Select
              aria-label="Time zone"
              data={listZoneOptions(workspace.timeZone)}
              searchable
              allowDeselect={false}
              limit={100}
              nothingFoundMessage="No zone has that name"
              disabled={!manages}
              {...form.getInputProps('timeZone')}
            />
          </SettingsRow>
          <SettingsRow
            name="When credits run out during a call"
            note="New calls are refused either way. This decides about calls that are in conversation already."
          >
            <Radio.Group
              aria-label="When credits run out during a call"
              {...form.getInputProps('whenCreditsRunOut')}
            >
              <div className={classes.choices}>
                <Radio
                  value="finish"
                  label="Let the call finish"
                  description="The balance may go below zero; the next credits pay that first."
                  disabled={!manages}
                />
                <Radio
                  value="end"
                  label="End the call"
                  description="The voice stack is told to hang up at zero."
                  disabled={!manages}
                />
              </div>
            </Radio.Group>
          </SettingsRow>
          <SettingsRow
            name="Low balance"
            note="Below it the balance is marked low, and an alert says so once. 0: never. Empty: a tenth of the monthly credits, and 5 in any case."
          >
            <NumberInput
              aria-label="Low balance in credits"
              placeholder="By Talktime’s rule"
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
            note={`In credits, for a calendar month. It warns and stops nothing. Empty: the credits of the ${workspace.plan.name} plan.`}
          >
            <NumberInput
              aria-label="Monthly budget in credits"
              placeholder="As the plan"
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
