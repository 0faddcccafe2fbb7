import { Button, NumberInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { api, bodyOf } from '../api/client.ts'
import { workspaceQuery } from '../api/queries.ts'
import type { UsageSummary } from '../api/types.ts'
import { usageSummaryQuery } from '../api/usage-queries.ts'
import { FormMessage } from '../ui/FormMessage.tsx'
import { tell } from '../ui/tell.ts'
import { useSubmit } from '../ui/use-submit.ts'
import classes from './KeyFigures.module.css'

/** Empty for the plan's credits. */
type Fields = { monthlyBudgetCredits: number | string }

export function BudgetForm(props: { budget: UsageSummary['budget']; onClose: () => void }) {
  const { budget, onClose } = props
  const queryClient = useQueryClient()
  const form = useForm<Fields>({
    initialValues: { monthlyBudgetCredits: budget.source === 'workspace' ? budget.credits : '' },
    validate: {
      monthlyBudgetCredits: (value) =>
        value === '' || Number(value) > 0 ? null : 'Enter a number of credits above 0, or nothing',
    },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    ({ monthlyBudgetCredits: credits }) =>
      bodyOf(
        api.PATCH('/v1/workspace', {
          body: { monthlyBudgetCredits: credits === '' ? null : Number(credits) },
        }),
      ),
    async (saved) => {
      queryClient.setQueryData(workspaceQuery.queryKey, saved)
      await queryClient.invalidateQueries({ queryKey: usageSummaryQuery.queryKey })
      tell('The monthly budget is saved')
      onClose()
    },
  )
  return (
    <form
      onSubmit={onSubmit}
      noValidate
      aria-label="Monthly budget"
      className={classes.form}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <FormMessage message={message} />
      <NumberInput
        aria-label="Monthly budget in credits"
        placeholder="As the plan"
        size="xs"
        min={0}
        decimalScale={2}
        thousandSeparator
        allowNegative={false}
        hideControls
        suffix=" credits"
        autoFocus
        {...form.getInputProps('monthlyBudgetCredits')}
      />
      <div className={classes.buttons}>
        <Button type="submit" size="compact-xs" loading={pending}>
          Save
        </Button>
        <Button variant="default" size="compact-xs" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
