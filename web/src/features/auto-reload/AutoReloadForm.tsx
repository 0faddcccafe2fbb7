import { Switch } from '@mantine/core'
import { balanceAt } from '@talktime/core/billing/balance-line'
import { msFromCredits } from '@talktime/core/billing/credits'
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useRef } from 'react'
import type { AutoReload, Balance, Package } from '../../api/types.ts'
import { money } from '../../design/format/money.ts'
import { Card } from '../../design/ui/Card.tsx'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { SaveBar } from '../../design/ui/SaveBar.tsx'
import { useTicking } from '../../design/ui/use-ticking.ts'
import { useUnsavedGuard } from '../../design/ui/use-unsaved-guard.tsx'
import { lineOf } from '../balance/index.ts'
import { paymentMethodsQuery } from '../cards/index.ts'
import { PaidPlanRequired } from '../pricing/index.ts'
import { useSpending } from '../workspace/index.ts'
import classes from './AutoReload.module.css'
import { AutoReloadFields } from './AutoReloadFields.tsx'
import { type Choice, choiceInWords, predictConsequence, readChoice, type SaveConsequence } from './choice.ts'
import { Recommendation } from './Recommendation.tsx'
import { SaveConsequenceNote } from './SaveConsequenceNote.tsx'
import { StateLine } from './StateLine.tsx'
import { useAutoReloadForm } from './use-auto-reload-form.ts'

type Props = { saved: AutoReload; packages: Package[]; balance: Balance; timeZone: string }

/** The settings of auto-reload. Nothing but Save ever changes them, and no other action moves the switch. */
export function AutoReloadForm({ saved, packages, balance, timeZone }: Props) {
  const saveButton = useRef<HTMLButtonElement>(null)
  const { manages, paid } = useSpending()
  const { form, dirty, onSubmit, message, pending } = useAutoReloadForm(saved, packages)
  const unsavedDialog = useUnsavedGuard(() => dirty)
  const choice = readChoice(form.values, packages)
  const consequence = useConsequence(choice, saved, balance)
  const locked = !manages || paid === false
  // Saving clears earlier declines, so it is possible without changes.
  const stuck = saved.state === 'failed' || saved.stateReasonCode === 'retry_later'
  const buys = consequence === 'buys' && (dirty || stuck)

  const onKeyDown = (event: KeyboardEvent) => {
    if (buys) moveEnterTo(saveButton.current, event)
  }

  return (
    <form onSubmit={onSubmit} onKeyDown={onKeyDown} noValidate aria-label="Auto-reload">
      <Card
        title="Auto-reload"
        caption="Buys credits automatically when the balance drops below a threshold"
        actions={
          <Switch
            size="md"
            aria-label="Auto-reload"
            disabled={locked}
            {...form.getInputProps('enabled', { type: 'checkbox' })}
          />
        }
        footer={
          <SaveBar
            dirty={dirty}
            editable={!locked}
            saving={pending}
            onUndo={form.reset}
            savesUnchanged={stuck}
            label={buys && choice ? `Save · ${money(choice.price)}` : 'Save'}
            buttonRef={saveButton}
          />
        }
      >
        <div className={classes.content}>
          <State saved={saved} switchedOn={form.values.enabled} timeZone={timeZone} />
          <FormMessage message={message} />
          <AutoReloadFields
            form={form}
            packages={packages}
            currency={choice?.pack.price.currency ?? saved.price.currency}
            disabled={locked}
          />
          <p className={classes.spent}>{describeSpent(saved)}</p>
          <p className={classes.sentence} aria-live="polite">
            {choice === null ? 'Some fields are not filled in correctly' : choiceInWords(choice)}
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
      {unsavedDialog}
    </form>
  )
}

/** Enter in a field must not pay by accident: it moves the focus to the button, which names the price. */
function moveEnterTo(button: HTMLButtonElement | null, event: KeyboardEvent): void {
  if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return
  event.preventDefault()
  button?.focus()
}

function State(props: { saved: AutoReload; switchedOn: boolean; timeZone: string }) {
  const { manages, paid } = useSpending()
  if (paid === false) {
    return <PaidPlanRequired>Auto-reload buys top-up credits, which need a paid plan.</PaidPlanRequired>
  }
  return (
    <StateLine
      autoReload={props.saved}
      switchedOn={props.switchedOn}
      manages={manages}
      timeZone={props.timeZone}
    />
  )
}

/** What saving the choice does right away. Members cannot see cards; there may be one. */
function useConsequence(choice: Choice | null, saved: AutoReload, balance: Balance): SaveConsequence {
  const { manages } = useSpending()
  const cards = useQuery({ ...paymentMethodsQuery, enabled: manages }).data
  const balanceMs = useBalanceStep(balance, choice?.thresholdCredits)
  if (choice === null) return 'nothing'
  return predictConsequence(choice, saved, balanceMs, cards === undefined || cards.length > 0)
}

/** A balance on the right side of the threshold. It re-renders only when the live balance crosses the threshold. */
function useBalanceStep(balance: Balance, thresholdCredits: number | undefined): number {
  const line = lineOf(balance)
  const thresholdMs = msFromCredits(thresholdCredits ?? 0)
  const running = balance.liveCalls > 0
  const below = useTicking((nowMs) => (balanceAt(line, nowMs) < thresholdMs ? 'below' : ''), running)
  return below === '' ? Math.max(thresholdMs, line.balanceMs) : Math.min(thresholdMs - 1, line.balanceMs)
}

function describeSpent({ spentThisMonth, monthlyCap }: AutoReload): string {
  const spent = `Spent on auto-reload this calendar month: ${money(spentThisMonth)}`
  if (monthlyCap === null) return spent
  return `${spent} of ${money(monthlyCap)}`
}
