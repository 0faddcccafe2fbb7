import { Button } from '@mantine/core'
import { balanceAt } from '@talktime/core/billing/balance-line'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { serverNow } from '../../api/server-clock.ts'
import type { Campaign } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { balanceQuery, lineOf } from '../balance/index.ts'
import { packagesQuery } from '../pricing/index.ts'
import { useSpending } from '../workspace/index.ts'
import { packageFor } from './package-for.ts'

/** What mends the cause of a pause, where it is mended elsewhere. */
export function PauseFix({ campaign }: { campaign: Campaign }) {
  const { manages } = useSpending()
  if (!manages) return null
  switch (campaign.pauseReason) {
    case 'out_of_credits':
      return <BuyEnough campaign={campaign} />
    case 'agent_disabled':
      return (
        <Button renderRoot={(props) => <Link to="/agents" search={{ edit: campaign.agentId }} {...props} />}>
          Open the agent
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
          See the failed calls
        </Button>
      )
    default:
      return null
  }
}

/** Buys the package that is enough for the rest, as far as one is. */
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
  const pack = packageFor(packages, missingMs)
  if (pack === undefined) return null
  return (
    <Button renderRoot={(props) => <Link to="/billing" search={{ buy: pack.id }} {...props} />}>
      Buy {creditsInWords(pack.credits.milliseconds)}
    </Button>
  )
}
