import { NumberInput, Select } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { currencyDigits } from '@talktime/core/billing/currency'
import type { Package } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { currencySign, money } from '../../design/format/money.ts'
import classes from './AutoReload.module.css'
import { type ChoiceFields, QUANTITY_MAX, THRESHOLD_CREDITS_MAX } from './choice.ts'

/** The fields of the auto-reload form: threshold, package, number of packages and monthly cap. */
export function AutoReloadFields(props: {
  form: UseFormReturnType<ChoiceFields>
  packages: Package[]
  currency: string
  disabled: boolean
}) {
  const { form, disabled, currency } = props
  return (
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
        disabled={disabled}
        {...form.getInputProps('thresholdCredits')}
      />
      <Select
        label="Top-up amount"
        data={props.packages.map((pack) => ({
          value: pack.id,
          label: `${creditsInWords(pack.credits.milliseconds)} · ${money(pack.price)}`,
        }))}
        allowDeselect={false}
        disabled={disabled}
        {...form.getInputProps('packageId')}
      />
      <NumberInput
        label="Number of packages"
        min={1}
        max={QUANTITY_MAX}
        clampBehavior="none"
        allowDecimal={false}
        allowNegative={false}
        disabled={disabled}
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
        disabled={disabled}
        {...form.getInputProps('monthlyCap')}
      />
    </div>
  )
}
