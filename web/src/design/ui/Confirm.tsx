import { Button, Group, Modal } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { asProblem } from '../../api/problem.ts'
import { FormMessage } from './FormMessage.tsx'

/** Asks before an action. `children` say what it will do, and the button names it. */
export function Confirm<Answer>(props: {
  title: string
  children: ReactNode
  button: string
  /** Red by default; `ink` for actions that can be undone. */
  color?: 'red' | 'ink'
  act: () => Promise<Answer>
  onDone: (answer: Answer) => void
  onClose: () => void
}) {
  const action = useMutation({ mutationFn: props.act, onSuccess: props.onDone })
  return (
    <Modal opened onClose={props.onClose} title={props.title}>
      <div style={{ lineHeight: 1.55 }}>{props.children}</div>
      <FormMessage message={action.error ? asProblem(action.error).message : null} />
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={props.onClose} data-autofocus>
          Cancel
        </Button>
        <Button color={props.color ?? 'red'} loading={action.isPending} onClick={() => action.mutate()}>
          {props.button}
        </Button>
      </Group>
    </Modal>
  )
}
