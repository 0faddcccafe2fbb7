import { Button, Group, NumberInput, Select, Switch } from '@mantine/core'
import { useForm } from '@mantine/form'
import { balanceAt } from '@talktime/core/billing/balance-line'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { type KeyboardEvent, useCallback, useEffect, useRef } from 'react'
import { api, readBody } from '../../api/client.ts'
import { ApiProblem } from '../../api/problem.ts'
import { billingKey } from '../../api/query-keys.ts'
import type { AutoReload, Balance, Package } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { currencyDigits, currencySign, money } from '../../design/format/money.ts'
import { Card } from '../../design/ui/Card.tsx'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { toast } from '../../design/ui/toast.ts'
import { UnsavedDialog } from '../../design/ui/UnsavedDialog.tsx'
import { useSubmit } from '../../design/ui/use-submit.ts'
import { useTicking } from '../../design/ui/use-ticking.ts'
import { lineOf } from '../balance/index.ts'
import { paymentMethodsQuery } from '../cards/index.ts'
import { PaidPlanRequired } from '../pricing/index.ts'
import { useSpending } from '../workspace/index.ts'
import classes from './AutoReload.module.css'
import { autoReloadQuery } from './auto-reload-queries.ts'
import {
  type ChoiceFields,
  choiceInWords,
  fieldsOf,
  predictConsequence,
  QUANTITY_MAX,
  readChoice,
  THRESHOLD_CREDITS_MAX,
  validateFields,
} from './choice.ts'
import { Recommendation } from './Recommendation.tsx'
import { SaveConsequenceNote } from './SaveConsequenceNote.tsx'
import { StateLine } from './StateLine.tsx'

type Props = { saved: AutoReload; packages: Package[]; balance: Balance; timeZone: string }

/** The settings of auto-reload. Only Save saves, and nothing else ever moves the switch. */
export function AutoReloadForm({ saved, packages, balance, timeZone }: Props) {
  const queryClient = useQueryClient()
  const saveButton = useRef<HTMLButtonElement>(null)
  const { manages, paid } = useSpending()
  const cards = useQuery({ ...paymentMethodsQuery, enabled: manages }).data
  const form = useForm<ChoiceFields>({
    initialValues: fieldsOf(saved),
    validate: (values) => validateFields(values, packages),
  })
  const { setInitialValues, setValues, resetDirty } = form
  const show = useCallback(
    (fields: ChoiceFields) => {
      setInitialValues(fields)
      setValues(fields)
      resetDirty(fields)
    },
    [setInitialValues, setValues, resetDirty],
  )
  const { onSubmit, message, pending } = useSubmit(
    form,
    (values) => {
      const choice = readChoice(values, packages)
      if (choice === null) {
        throw new ApiProblem({
          status: 0,
          code: 'page_error',
          message: 'Something in the form is not right.',
        })
      }
      const { enabled, thresholdCredits, quantity, monthlyCap } = choice
      return readBody(
        api.PUT('/v1/auto-reload', {
          body: { enabled, thresholdCredits, packageId: choice.pack.id, quantity, monthlyCap },
        }),
      )
    },
    async (answer) => {
      queryClient.setQueryData(autoReloadQuery.queryKey, answer)
      show(fieldsOf(answer))
      toast(answer.enabled ? 'Auto-reload is saved, and on' : 'Auto-reload is saved, and off')
      await queryClient.invalidateQueries({ queryKey: billingKey })
    },
  )

  const dirty = form.isDirty()
  const told = JSON.stringify(fieldsOf(saved))
  const shown = useRef(told)
  // Saved elsewhere: shown here, unless that would throw away what is being typed.
  useEffect(() => {
    if (dirty || shown.current === told) return
    shown.current = told
    show(JSON.parse(told) as ChoiceFields)
  }, [dirty, told, show])
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    withResolver: true,
    enableBeforeUnload: () => dirty,
  })

  const choice = readChoice(form.values, packages)
  const balanceMs = useBalanceStep(balance, choice?.thresholdCredits)
  const consequence =
    choice === null
      ? 'nothing'
      : predictConsequence(choice, saved, balanceMs, cards === undefined || cards.length > 0)
  const locked = !manages || paid === false
  // Saving once more forgives declines, so it is possible without a change.
  const stuck = saved.state === 'failed' || saved.stateReasonCode === 'retry_later'
  const buys = consequence === 'buys' && (dirty || stuck)
  const currency = choice?.pack.price.currency ?? saved.price.currency

  /** No key pays by accident: Enter in a field goes to the button, which says what it buys. */
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !buys || !(event.target instanceof HTMLInputElement)) return
    event.preventDefault()
    saveButton.current?.focus()
  }

  return (
    <form onSubmit={onSubmit} onKeyDown={onKeyDown} noValidate aria-label="Auto-reload">
      <Card
        title="Auto-reload"
        caption="Buys credits by itself when the balance drops below a threshold."
        actions={
          <Switch
            size="md"
            aria-label="Auto-reload"
            disabled={locked}
            {...form.getInputProps('enabled', { type: 'checkbox' })}
          />
        }
        footer={
          <>
            <span role="status">
              {dirty ? 'Unsaved changes' : manages && !locked ? 'Everything is saved' : ''}
            </span>
            <Group gap="xs">
              {dirty && (
                <Button variant="subtle" color="gray" size="xs" onClick={form.reset}>
                  Undo
                </Button>
              )}
              <Button
                ref={saveButton}
                type="submit"
                size="xs"
                disabled={locked || !(dirty || stuck)}
                loading={pending}
              >
                {buys && choice ? `Save · ${money(choice.price)}` : 'Save'}
              </Button>
            </Group>
          </>
        }
      >
        <div className={classes.content}>
          {paid === false ? (
            <PaidPlanRequired>Auto-reload buys top-up credits, which this plan cannot.</PaidPlanRequired>
          ) : (
            <StateLine
              autoReload={saved}
              switchedOn={form.values.enabled}
              manages={manages}
              timeZone={timeZone}
            />
          )}
          <FormMessage message={message} />
          <div className={classes.fields}>
            <NumberInput
              label="Trigger threshold"
              suffix=" credits"
              min={1}
              max={THRESHOLD_CREDITS_MAX}
              clampBehavior="none"
              decimalScale={2}
              thousandSeparator
              allowNegative={false}
              disabled={locked}
              {...form.getInputProps('thresholdCredits')}
            />
            <Select
              label="Top-up amount"
              data={packages.map((pack) => ({
                value: pack.id,
                label: `${creditsInWords(pack.credits.milliseconds)} · ${money(pack.price)}`,
              }))}
              allowDeselect={false}
              disabled={locked}
              {...form.getInputProps('packageId')}
            />
            <NumberInput
              label="Number of packages"
              min={1}
              max={QUANTITY_MAX}
              clampBehavior="none"
              allowDecimal={false}
              allowNegative={false}
              disabled={locked}
              {...form.getInputProps('quantity')}
            />
            <NumberInput
              label="Monthly spending cap"
              placeholder="No cap"
              prefix={currencySign(currency)}
              decimalScale={currencyDigits(currency)}
              thousandSeparator
              allowNegative={false}
              hideControls
              disabled={locked}
              {...form.getInputProps('monthlyCap')}
            />
          </div>
          <p className={classes.spent}>{spentInWords(saved)}</p>
          <p className={classes.sentence} aria-live="polite">
            {choice === null ? 'Some of the fields are not right yet' : choiceInWords(choice)}
          </p>
          {choice !== null && !locked && (dirty || stuck) && (
            <SaveConsequenceNote consequence={consequence} choice={choice} />
          )}
          <Recommendation
            recommendation={saved.recommendation}
            thresholdCredits={Number(form.values.thresholdCredits)}
            disabled={locked}
            onUse={(credits) => form.setFieldValue('thresholdCredits', credits)}
          />
        </div>
      </Card>
      {blocker.status === 'blocked' && <UnsavedDialog onStay={blocker.reset} onLeave={blocker.proceed} />}
    </form>
  )
}

/** The balance, drawn anew only when it crosses the threshold. */
function useBalanceStep(balance: Balance, thresholdCredits: number | undefined): number {
  const line = lineOf(balance)
  const thresholdMs = (thresholdCredits ?? 0) * 60_000
  const running = balance.liveCalls > 0
  const below = useTicking((nowMs) => (balanceAt(line, nowMs) < thresholdMs ? 'below' : ''), running)
  return below === '' ? Math.max(thresholdMs, line.balanceMs) : Math.min(thresholdMs - 1, line.balanceMs)
}

function spentInWords({ spentThisMonth, monthlyCap }: AutoReload): string {
  const spent = `Reloads cost ${money(spentThisMonth)} this calendar month`
  if (monthlyCap === null) return `${spent}.`
  const left = Math.max(0, monthlyCap.minor - spentThisMonth.minor)
  return `${spent}; ${money({ minor: left, currency: monthlyCap.currency })} are left of the cap.`
}
