import { Button } from '@mantine/core'
import { balanceAt } from '@talktime/core/billing/balance-line'
import { assertNever } from '@talktime/core/exhaustive'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { serverNow } from '../../api/server-clock.ts'
import type { Campaign } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { balanceQuery, lineOf } from '../balance/index.ts'
import { packagesQuery } from '../pricing/index.ts'
import { useSpending } from '../workspace/index.ts'
import { pickPackage } from './pick-package.ts'

/** The button that leads to where the cause of a pause can be fixed. */
export function PauseFix({ campaign }: { campaign: Campaign }) {
  const { manages } = useSpending()
  if (!manages) return null
  switch (campaign.pauseReason) {
    case 'out_of_credits':
      return <BuyEnough campaign={campaign} />
    case 'agent_disabled':
      return (
        <Button renderRoot={(props) => <Link to="/agents" search={{ edit: campaign.agentId }} {...props} />}>
          Open agent
        </Button>
      )
    case 'plan_required':
      return (
        <Button renderRoot={(props) => <Link to="/billing" hash="plans" {...props} />}>Compare plans</Button>
      )
    case 'carrier_failing':
      return (
        <Button
          renderRoot={(props) => (
            <Link to="/calls" search={{ status: 'failed', agent: campaign.agentId }} {...props} />
          )}
        >
          View failed calls
        </Button>
      )
    case 'by_user':
    case 'workspace_suspended':
    case 'email_unverified':
    case null:
      return null
    default:
      return assertNever(campaign.pauseReason)
  }
}

/** Buys the package that is enough to finish the campaign, or the largest one. */
function BuyEnough({ campaign }: { campaign: Campaign }) {
  const { paid } = useSpending()
  const packages = useQuery(packagesQuery).data
  const balance = useQuery(balanceQuery).data
  if (paid === false) {
    return (
      <Button renderRoot={(props) => <Link to="/billing" hash="plans" {...props} />}>Compare plans</Button>
    )
  }
  if (packages === undefined || balance === undefined || paid === undefined) return null
  const balanceMs = balanceAt(lineOf(balance), serverNow())
  const missingMs = (campaign.creditsToFinish?.milliseconds ?? 0) - balanceMs
  if (balanceMs > 0 && missingMs <= 0) return null
  const pack = pickPackage(packages, missingMs)
  if (pack === undefined) return null
  return (
    <Button renderRoot={(props) => <Link to="/billing" search={{ buy: pack.id }} {...props} />}>
      Buy {creditsInWords(pack.credits.milliseconds)}
    </Button>
  )
}
