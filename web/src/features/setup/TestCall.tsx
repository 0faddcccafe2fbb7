import { Button } from '@mantine/core'
import { IconPhone, IconPhoneEnd } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Agent } from '../../api/types.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { CallCredits, CallTimer, describeRefusal, isOpen } from '../calls/index.ts'
import classes from './TestCall.module.css'
import { testCallMsMax, useTestCall } from './use-test-call.ts'

/** A test call from this page, without a voice stack; it is counted and charged as any other. */
export function TestCall({ agent, manages }: { agent: Agent; manages: boolean }) {
  const { call, start, starting, hangUp, ending, problem } = useTestCall()
  const running = call !== null && isOpen(call)
  return (
    <div className={classes.test}>
      {running ? (
        <div className={classes.running}>
          <span role="status" className={classes.hidden}>
            The test call is on
          </span>
          <span className={classes.number}>
            <CallTimer call={call} />
          </span>
          <span className={classes.credits}>
            <CallCredits call={call} /> credits so far
          </span>
          <Button
            color="red"
            size="xs"
            leftSection={<IconPhoneEnd size={15} stroke={1.75} aria-hidden />}
            loading={ending}
            onClick={hangUp}
          >
            Hang up
          </Button>
        </div>
      ) : (
        <div className={classes.idle}>
          <Button
            size="xs"
            leftSection={<IconPhone size={15} stroke={1.75} aria-hidden />}
            disabled={!manages}
            loading={starting}
            onClick={() => start(agent.id)}
          >
            Make a test call
          </Button>
          <span className={classes.note}>
            With {agent.name}. No phone rings and nobody is called, but it costs what a call costs: a credit a
            minute. It ends by itself after {testCallMsMax / 1000} seconds.
          </span>
        </div>
      )}
      {call !== null && !running && (
        <p className={classes.over} role="status">
          {call.refusal === null ? (
            <>
              The test call is over.{' '}
              <Link to="/calls/$callId" params={{ callId: call.id }}>
                See what it cost
              </Link>
            </>
          ) : (
            `The call was refused: ${describeRefusal(call.refusal)}.`
          )}
        </p>
      )}
      <FormMessage message={problem} />
      <p className={classes.note}>
        Your own voice stack makes calls over the API: <Link to="/settings/keys">make a key</Link>, and see{' '}
        <Link to="/live">how a call is started</Link>.
      </p>
    </div>
  )
}
