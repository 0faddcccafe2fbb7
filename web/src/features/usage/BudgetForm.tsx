import { Button, NumberInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import type { UsageSummary } from '../../api/types.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { toast } from '../../design/ui/toast.ts'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { workspaceQuery } from '../workspace/index.ts'
import classes from './KeyFigures.module.css'
import { usageSummaryQuery } from './usage-queries.ts'

/** Empty means the plan's credits. */
type Fields = { monthlyBudgetCredits: number | string }

export function BudgetForm(props: { budget: UsageSummary['budget']; onClose: () => void }) {
  const { budget, onClose } = props
  const queryClient = useQueryClient()
  const form = useForm<Fields>({
    initialValues: { monthlyBudgetCredits: budget.source === 'workspace' ? budget.credits : '' },
    validate: {
      monthlyBudgetCredits: (value) =>
        value === '' || Number(value) > 0 ? null : 'Enter more than 0 credits, or leave it empty',
    },
  })
  const { onSubmit, message, pending } = useSubmit(
    form,
    ({ monthlyBudgetCredits: credits }) =>
      readBody(
        api.PATCH('/v1/workspace', {
          body: { monthlyBudgetCredits: credits === '' ? null : Number(credits) },
        }),
      ),
    async (saved) => {
      queryClient.setQueryData(workspaceQuery.queryKey, saved)
      await queryClient.invalidateQueries({ queryKey: usageSummaryQuery.queryKey })
      toast('Monthly budget saved')
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
        placeholder="Same as plan"
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
