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
import { checkSteps, findChargedCall, type SetupFacts } from './steps.ts'
import { TestCall } from './TestCall.tsx'

/** The five steps, each with its result or with what to do. */
export function Steps({ facts }: { facts: SetupFacts }) {
  const manages = mayManage(useMembership().workspace.role)
  const done = checkSteps(facts)
  const agent = facts.agents.find(({ status }) => status === 'active')
  const charged = findChargedCall(facts)
  return (
    <ol className={classes.steps}>
      <Step title="Add an agent" done={done.agent}>
        {done.agent ? (
          <p className={classes.text}>{describeAgents(facts)}</p>
        ) : (
          <>
            <p className={classes.text}>
              An agent is a voice with a language and a model. Every call belongs to an agent.
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
          <p className={classes.text}>Add an active agent first.</p>
        ) : (
          // It stays mounted while the test call is live, although the call itself completes this step.
          <TestCall agent={agent} manages={manages} />
        )}
      </Step>
      <Step title="See what it cost" done={done.cost}>
        {charged === undefined ? (
          <p className={classes.text}>
            Every ended call has a receipt with its duration, its credits, and the credits that paid for it.
          </p>
        ) : (
          <p className={classes.text}>
            The latest call lasted {secondsInWords(charged.charged.milliseconds)} and cost{' '}
            {creditsInWords(charged.charged.milliseconds)}.{' '}
            <Link to="/calls/$callId" params={{ callId: charged.id }}>
              View receipt
            </Link>
          </p>
        )}
      </Step>
      <Step title="Add a card" done={done.card}>
        {done.card ? (
          <p className={classes.text}>
            You have a card. <Link to="/billing">Buy credits or turn on auto-reload</Link>
          </p>
        ) : done.card === null ? (
          <p className={classes.text}>Owners and admins manage cards.</p>
        ) : (
          <AddCard />
        )}
      </Step>
      <Step title="Set up alerts" done={done.alert}>
        <AlertLinks done={done.alert === true} />
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

function describeAgents({ agents }: SetupFacts): string {
  const [first] = agents
  if (first === undefined) return ''
  return agents.length === 1 ? `${first.name} is set up.` : `${agents.length} agents are set up.`
}

function AddCard() {
  const { start, starting, dialog } = useAddCard()
  return (
    <>
      <p className={classes.text}>
        A card pays for plans and credits. Adding one charges nothing, and you don’t need one for the free
        credits.
      </p>
      <Button size="xs" loading={starting} onClick={start}>
        Add card
      </Button>
      {dialog}
    </>
  )
}

function AlertLinks({ done }: { done: boolean }) {
  const low = useQuery(balanceQuery).data?.lowBelow.milliseconds
  const now = low === undefined || low === 0 ? '' : `The balance counts as low below ${creditsInWords(low)}. `
  return (
    <p className={classes.text}>
      {done ? now : `${now}Choose your own level, or send alerts to a webhook. `}
      <Link to="/settings/workspace">Low balance</Link>, <Link to="/settings/alerts">email alerts</Link>,{' '}
      <Link to="/settings/webhooks">webhooks</Link>
    </p>
  )
}
