import { NumberInput, Radio, Select, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import type { Workspace } from '../../api/types.ts'
import { listZoneOptions } from '../../design/format/time-zones.ts'
import { Card } from '../../design/ui/Card.tsx'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { SaveBar } from '../../design/ui/SaveBar.tsx'
import { SettingsRow } from '../../design/ui/SettingsRow.tsx'
import { toast } from '../../design/ui/toast.ts'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { useUnsavedGuard } from '../../design/ui/use-unsaved-guard.tsx'
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

type RowProps = { form: UseFormReturnType<Fields>; workspace: Workspace; disabled: boolean }

const fieldsOf = (workspace: Workspace): Fields => ({
  name: workspace.name,
  timeZone: workspace.timeZone,
  whenCreditsRunOut: workspace.whenCreditsRunOut,
  monthlyBudgetCredits: workspace.monthlyBudgetCredits ?? '',
  lowBalanceCredits: workspace.lowBalanceCredits ?? '',
})

/** The workspace's settings. Leaving with unsaved changes asks first. */
export function WorkspaceForm({ workspace }: { workspace: Workspace }) {
  const manages = mayManage(useMembership().workspace.role)
  const { form, onSubmit, message, pending } = useWorkspaceForm(workspace)
  const dirty = form.isDirty()
  const unsavedDialog = useUnsavedGuard(() => dirty)
  const row: RowProps = { form, workspace, disabled: !manages }
  return (
    <form onSubmit={onSubmit} noValidate aria-label="Workspace settings">
      <Card footer={<SaveBar dirty={dirty} editable={manages} saving={pending} onUndo={form.reset} />}>
        <FormMessage message={message} />
        <div className={classes.rows}>
          <NameRow {...row} />
          <TimeZoneRow {...row} />
          <OutOfCreditsRow {...row} />
          <LowBalanceRow {...row} />
          <BudgetRow {...row} />
        </div>
      </Card>
      {unsavedDialog}
    </form>
  )
}

function useWorkspaceForm(workspace: Workspace) {
  const queryClient = useQueryClient()
  const form = useForm<Fields>({
    initialValues: fieldsOf(workspace),
    validate: {
      name: (value) => (value.trim() === '' ? 'Enter a name' : null),
      monthlyBudgetCredits: (value) =>
        value === '' || Number(value) > 0 ? null : 'Enter more than 0 credits, or leave it empty',
    },
  })
  const submission = useSubmit(
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
  return { form, ...submission }
}

function NameRow({ form, disabled }: RowProps) {
  return (
    <SettingsRow name="Name" note="Shown to members and on receipts.">
      <TextInput
        aria-label="Workspace name"
        disabled={disabled}
        maxLength={100}
        {...form.getInputProps('name')}
      />
    </SettingsRow>
  )
}

function TimeZoneRow({ form, workspace, disabled }: RowProps) {
  return (
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
        disabled={disabled}
        {...form.getInputProps('timeZone')}
      />
    </SettingsRow>
  )
}

function OutOfCreditsRow({ form, workspace, disabled }: RowProps) {
  const { name, overdraft } = workspace.plan
  return (
    <SettingsRow
      name="When credits run out during a call"
      note={
        overdraft === 'none'
          ? `On the ${name} plan, calls always end when credits run out. Your choice applies after a change to a paid plan.`
          : 'New calls are refused either way. This applies to calls already in conversation.'
      }
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
            disabled={disabled}
          />
          <Radio
            value="end"
            label="End the call"
            description="The voice stack is ordered to hang up at zero."
            disabled={disabled}
          />
        </div>
      </Radio.Group>
    </SettingsRow>
  )
}

function LowBalanceRow({ form, disabled }: RowProps) {
  return (
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
        disabled={disabled}
        {...form.getInputProps('lowBalanceCredits')}
      />
    </SettingsRow>
  )
}

function BudgetRow({ form, workspace, disabled }: RowProps) {
  return (
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
        disabled={disabled}
        {...form.getInputProps('monthlyBudgetCredits')}
      />
    </SettingsRow>
  )
}
