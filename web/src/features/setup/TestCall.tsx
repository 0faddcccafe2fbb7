import { Button } from '@mantine/core'
import { IconPhone, IconPhoneEnd } from '@tabler/icons-react'
import { SECOND_MS } from '@talktime/core/time/durations'
import { Link } from '@tanstack/react-router'
import type { Agent } from '../../api/types.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { CallCredits, CallTimer, describeRefusal, isOpen } from '../calls/index.ts'
import classes from './TestCall.module.css'
import { TEST_CALL_MS_MAX, useTestCall } from './use-test-call.ts'

/** Makes a test call from this page, without a voice stack. It is counted and charged like any other call. */
export function TestCall({ agent, manages }: { agent: Agent; manages: boolean }) {
  const { call, start, starting, hangUp, ending, problem } = useTestCall()
  const running = call !== null && isOpen(call)
  return (
    <div className={classes.test}>
      {running ? (
        <div className={classes.running}>
          <span role="status" className={classes.hidden}>
            The test call is live
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
            With {agent.name}. No phone rings, but the call costs 1 credit a minute like any other. It ends
            automatically after {TEST_CALL_MS_MAX / SECOND_MS} seconds.
          </span>
        </div>
      )}
      {call !== null && !running && (
        <p className={classes.over} role="status">
          {call.refusal === null ? (
            <>
              The test call ended.{' '}
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
        Your own voice stack makes calls through the API: <Link to="/settings/keys">create a key</Link> and
        see <Link to="/live">how to start a call</Link>.
      </p>
    </div>
  )
}
