import { Button } from '@mantine/core'
import { IconCircleCheckFilled, IconCircleDashed } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { creditsInWords } from '../../design/format/credits.ts'
import { secondsInWords } from '../../design/format/duration.ts'
import { balanceQuery } from '../balance/index.ts'
import { useAddCard } from '../cards/index.ts'
import { mayManage, useMembership } from '../workspace/index.ts'
import classes from './Steps.module.css'
import { chargedCall, doneSteps, type SetupFacts } from './steps.ts'
import { TestCall } from './TestCall.tsx'

/** The five things, each with how it was done or what to do for it. */
export function Steps({ facts }: { facts: SetupFacts }) {
  const manages = mayManage(useMembership().workspace.role)
  const done = doneSteps(facts)
  const agent = facts.agents.find(({ status }) => status === 'active')
  const charged = chargedCall(facts)
  return (
    <ol className={classes.steps}>
      <Step title="Add an agent" done={done.agent}>
        {done.agent ? (
          <p className={classes.text}>{agentsInWords(facts)}</p>
        ) : (
          <>
            <p className={classes.text}>
              A voice with a language and a model. Calls belong to one, and are told apart by it.
            </p>
            <Button
              size="xs"
              disabled={!manages}
              {...(manages && {
                renderRoot: (props) => <Link to="/agents" search={{ edit: 'new' }} {...props} />,
              })}
            >
              New agent
            </Button>
          </>
        )}
      </Step>
      <Step title="Make a test call" done={done.call}>
        {agent === undefined ? (
          <p className={classes.text}>For this an active agent is needed first.</p>
        ) : (
          // It stays while the call is on, which alone does this step.
          <TestCall agent={agent} manages={manages} />
        )}
      </Step>
      <Step title="See what it cost" done={done.cost}>
        {charged === undefined ? (
          <p className={classes.text}>
            Each call that is over has a receipt: its seconds, its credits, and which credits paid.
          </p>
        ) : (
          <p className={classes.text}>
            The newest call took {secondsInWords(charged.charged.milliseconds)} and cost{' '}
            {creditsInWords(charged.charged.milliseconds)}.{' '}
            <Link to="/calls/$callId" params={{ callId: charged.id }}>
              Open its receipt
            </Link>
          </p>
        )}
      </Step>
      <Step title="Add a card" done={done.card}>
        {done.card ? (
          <p className={classes.text}>
            A card is saved. <Link to="/billing">Buy credits or switch on auto-reload</Link>
          </p>
        ) : done.card === null ? (
          <p className={classes.text}>Owners and admins see to the cards.</p>
        ) : (
          <AddCard />
        )}
      </Step>
      <Step title="Choose when to be warned" done={done.alert}>
        <Warned done={done.alert === true} />
      </Step>
    </ol>
  )
}

function Step(props: { title: string; done: boolean | null; children: ReactNode }) {
  const Icon = props.done ? IconCircleCheckFilled : IconCircleDashed
  return (
    <li className={classes.step} data-done={props.done || undefined}>
      <Icon size={22} stroke={1.75} className={classes.icon} aria-hidden />
      <div className={classes.body}>
        <h2 className={classes.title}>
          {props.title}
          <span className={classes.state}>{props.done === null ? '' : props.done ? 'Done' : 'To do'}</span>
        </h2>
        {props.children}
      </div>
    </li>
  )
}

function agentsInWords({ agents }: SetupFacts): string {
  const [first] = agents
  if (first === undefined) return ''
  return agents.length === 1 ? `${first.name} is there.` : `${agents.length} agents are there.`
}

function AddCard() {
  const { start, starting, dialog } = useAddCard()
  return (
    <>
      <p className={classes.text}>
        It pays plans and credits, and nothing is charged when it is added. The free credits need none.
      </p>
      <Button size="xs" loading={starting} onClick={start}>
        Add card
      </Button>
      {dialog}
    </>
  )
}

function Warned({ done }: { done: boolean }) {
  const low = useQuery(balanceQuery).data?.lowBelow.milliseconds
  const now = low === undefined || low === 0 ? '' : `Credits count as low below ${creditsInWords(low)}. `
  return (
    <p className={classes.text}>
      {done ? now : `${now}Choose your own level, or have alerts sent to a webhook. `}
      <Link to="/settings/workspace">Low balance</Link>, <Link to="/settings/alerts">who is mailed</Link>,{' '}
      <Link to="/settings/webhooks">webhooks</Link>
    </p>
  )
}
