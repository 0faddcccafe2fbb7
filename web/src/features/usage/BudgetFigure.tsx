import { ActionIcon } from '@mantine/core'
import { IconAlertTriangle, IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import type { UsageSummary } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { locale } from '../../design/format/locale.ts'
import { mayManage, useMembership } from '../workspace/index.ts'
import { BudgetForm } from './BudgetForm.tsx'
import { Figure } from './Figure.tsx'
import classes from './KeyFigures.module.css'

const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })

/** How much of the monthly budget is used. Owners and admins can set the budget here. */
export function BudgetFigure({ summary, month }: { summary: UsageSummary; month: string }) {
  const [editing, setEditing] = useState(false)
  const manages = mayManage(useMembership().workspace.role)
  const { budget } = summary
  const note = `of ${creditsInWords(budget.milliseconds)} in ${month}${budget.source === 'plan' ? ', the plan’s credits' : ''}`
  if (editing) {
    return (
      <Figure name="Budget" note="For each calendar month. Going over it alerts you but stops nothing.">
        <BudgetForm budget={budget} onClose={() => setEditing(false)} />
      </Figure>
    )
  }
  return (
    <Figure
      name="Budget"
      note={note}
      {...(manages && {
        action: (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label="Change the monthly budget"
            onClick={() => setEditing(true)}
          >
            <IconPencil size={15} stroke={1.75} aria-hidden />
          </ActionIcon>
        ),
      })}
    >
      {budget.percent === null ? 'None' : <Used percent={budget.percent} />}
    </Figure>
  )
}

function Used({ percent }: { percent: number }) {
  const over = percent >= 100
  const tone = over ? 'over' : percent >= 80 ? 'warn' : 'plain'
  return (
    <>
      {percents.format(percent / 100)}
      {over && (
        <span className={classes.over}>
          <IconAlertTriangle size={14} stroke={1.75} aria-hidden />
          Over budget
        </span>
      )}
      <div className={classes.meter} aria-hidden>
        <div className={classes.used} data-tone={tone} style={{ width: `${Math.min(100, percent)}%` }} />
      </div>
    </>
  )
}
