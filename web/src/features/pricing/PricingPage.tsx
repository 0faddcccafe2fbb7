import { Button, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Package, Plan } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { money, pricePerCredit } from '../../design/format/money.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Logo } from '../../design/ui/Logo.tsx'
import { useDocumentTitle } from '../../design/ui/Page.tsx'
import { sessionQuery } from '../workspace/index.ts'
import { PlanComparison } from './PlanComparison.tsx'
import classes from './PricingPage.module.css'
import { packagesQuery, plansQuery } from './pricing-queries.ts'

/** The public page with plans and packages. */
export function PricingPage() {
  const plans = useQuery(plansQuery)
  const packages = useQuery(packagesQuery)
  const signedIn = useQuery(sessionQuery).data != null
  useDocumentTitle('Pricing')
  return (
    <div className={classes.frame}>
      <header className={classes.header}>
        <Link to={signedIn ? '/' : '/pricing'} className={classes.brand ?? ''}>
          <Logo />
        </Link>
        <nav aria-label="Account" className={classes.account}>
          {signedIn ? (
            <Button size="xs" renderRoot={(props) => <Link to="/billing" {...props} />}>
              Go to Billing
            </Button>
          ) : (
            <>
              <Button
                variant="subtle"
                color="gray"
                size="xs"
                renderRoot={(props) => <Link to="/sign-in" {...props} />}
              >
                Sign in
              </Button>
              <Button size="xs" renderRoot={(props) => <Link to="/sign-up" {...props} />}>
                Create an account
              </Button>
            </>
          )}
        </nav>
      </header>
      <main className={classes.main}>
        <div className={classes.heading}>
          <h1 tabIndex={-1} className={classes.title}>
            Pricing
          </h1>
          <p className={classes.lead}>
            1 credit is 1 minute of conversation, charged by the millisecond from answer to hang-up. Ringing,
            refused calls and failed calls are free.
          </p>
        </div>
        <Card title="Plans" caption="Monthly credits are granted at the start of each billing cycle" flush>
          <Loaded query={plans} what="Plans" skeleton={<Loading label="plans" />}>
            {(list) => (
              <PlanComparison
                plans={list}
                wideFrom="62em"
                action={(plan) => <Choose plan={plan} signedIn={signedIn} />}
              />
            )}
          </Loaded>
        </Card>
        <Card
          title="Top-up credits"
          caption="For paid plans, bought manually or by auto-reload. They never expire"
          flush
        >
          <Loaded query={packages} what="Packages" skeleton={<Loading label="packages" />}>
            {(list) => <Packages packages={list} />}
          </Loaded>
        </Card>
        <Rules />
      </main>
    </div>
  )
}

function Loading({ label }: { label: string }) {
  return (
    <div className={classes.loading} role="status" aria-label={`Loading ${label}`}>
      <Skeleton height={200} />
    </div>
  )
}

function Choose({ plan, signedIn }: { plan: Plan; signedIn: boolean }) {
  if (plan.price === null) return <span className={classes.quiet}>Contact the operator</span>
  const free = plan.price.minor === 0
  const label = signedIn ? 'Choose' : free ? 'Start free' : 'Get started'
  return (
    <Button
      size="xs"
      variant={free ? 'default' : 'filled'}
      aria-label={`${label}: ${plan.name}`}
      renderRoot={(props) =>
        signedIn ? (
          <Link to="/billing" search={{ plan: plan.id }} {...props} />
        ) : (
          <Link to="/sign-up" {...props} />
        )
      }
    >
      {label}
    </Button>
  )
}

function Packages({ packages }: { packages: Package[] }) {
  return (
    <ul className={classes.packages}>
      {packages.map((pack) => (
        <li key={pack.id} className={classes.package}>
          <span className={classes.packageName}>{creditsInWords(pack.credits.milliseconds)}</span>
          <span className={classes.price}>{money(pack.price)}</span>
          <span className={classes.quiet}>
            {pricePerCredit(pack.price, pack.credits.milliseconds)} per credit
          </span>
        </li>
      ))}
    </ul>
  )
}

const rules = [
  {
    name: 'Which credits are used first',
    text: 'Credits that expire soonest, then the oldest. Monthly credits go before top-ups.',
  },
  {
    name: 'Which credits expire',
    text: 'Unused monthly credits expire when the billing cycle ends. Top-up credits never expire.',
  },
  {
    name: 'Changing plans',
    text: 'Upgrades take effect immediately and are prorated. You see the price first. Downgrades and cancellations take effect when the cycle ends.',
  },
  {
    name: 'When credits run out',
    text: 'New calls are refused. Each workspace chooses whether live calls may finish or are ended.',
  },
]

function Rules() {
  return (
    <section aria-labelledby="rules" className={classes.rules}>
      <h2 id="rules" className={classes.rulesTitle}>
        How credits work
      </h2>
      <dl className={classes.ruleList}>
        {rules.map((rule) => (
          <div key={rule.name}>
            <dt>{rule.name}</dt>
            <dd>{rule.text}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
