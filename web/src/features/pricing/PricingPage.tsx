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

/** The plans and packages, for everyone: nobody has to sign in. */
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
            1 credit is 1 minute of conversation, from answer to hang-up, charged by the millisecond. Ringing,
            refused and failed calls cost nothing.
          </p>
        </div>
        <Card title="Plans" caption="Monthly credits come at the start of each billing cycle" flush>
          <Loaded query={plans} what="The plans" skeleton={<Loading label="plans" />}>
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
          caption="For paid plans, by hand or by auto-reload; they never expire"
          flush
        >
          <Loaded query={packages} what="The packages" skeleton={<Loading label="packages" />}>
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
  if (plan.price === null) return <span className={classes.quiet}>Ask the operator</span>
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
    name: 'What is spent first',
    text: 'The credits that expire soonest, then the oldest: monthly credits before top-ups.',
  },
  {
    name: 'What expires',
    text: 'Monthly credits that are left when a billing cycle ends. Top-up credits stay until they are spent.',
  },
  {
    name: 'Changing the plan',
    text: 'An upgrade takes effect at once, prorated; what it costs is shown before. A downgrade or a cancellation takes effect when the cycle ends.',
  },
  {
    name: 'When credits run out',
    text: 'New calls are refused. A call that is in conversation may finish, or is ended: each workspace chooses.',
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
