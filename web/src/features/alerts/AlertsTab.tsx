import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { creditsInWords } from '../../design/format/credits.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { SettingsRow } from '../../design/ui/SettingsRow.tsx'
import { balanceQuery } from '../balance/index.ts'
import { useMembership } from '../workspace/index.ts'
import { AlertSettingsForm } from './AlertSettingsForm.tsx'
import { alertSettingsQuery } from './alert-queries.ts'

/** The email settings of this person, and the low balance level of the workspace. */
export function AlertsTab() {
  const settings = useQuery(alertSettingsQuery)
  return (
    <>
      {settings.data === undefined ? (
        <Card flush>
          <Loaded query={settings} what="Alert settings" skeleton={<FormSkeleton />}>
            {() => null}
          </Loaded>
        </Card>
      ) : (
        <AlertSettingsForm saved={settings.data} />
      )}
      <LowBalance />
    </>
  )
}

function LowBalance() {
  const balance = useQuery(balanceQuery).data
  const { workspace } = useMembership()
  const level = balance?.lowBelow.milliseconds
  return (
    <Card>
      <SettingsRow
        name="Low balance"
        note={`Applies to everyone in ${workspace.name}. You can change it in the workspace settings.`}
      >
        <p style={{ margin: 0, lineHeight: 1.55 }}>
          {level === undefined
            ? '\u00a0'
            : level === 0
              ? 'Low balance alerts are off. '
              : `The balance is low below ${creditsInWords(level)}. `}
          <Link to="/settings/workspace">Change</Link>
        </p>
      </SettingsRow>
    </Card>
  )
}

function FormSkeleton() {
  return (
    <div role="status" aria-label="Loading the alert settings" style={{ padding: '1rem 1.25rem' }}>
      {['credits', 'reload', 'plan'].map((row) => (
        <Skeleton key={row} height={64} my="md" />
      ))}
    </div>
  )
}
