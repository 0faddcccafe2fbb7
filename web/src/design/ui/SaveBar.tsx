import { Button, Group } from '@mantine/core'
import type { Ref } from 'react'

/** The footer of a settings form: whether there are unsaved changes, Undo and Save. */
export function SaveBar(props: {
  dirty: boolean
  /** Whether this person may edit the form at all. */
  editable: boolean
  saving: boolean
  onUndo: () => void
  /** Allows saving without changes. */
  savesUnchanged?: boolean
  label?: string
  buttonRef?: Ref<HTMLButtonElement>
}) {
  const { dirty, editable } = props
  return (
    <>
      <span role="status">{dirty ? 'Unsaved changes' : editable ? 'All changes saved' : ''}</span>
      <Group gap="xs">
        {dirty && (
          <Button variant="subtle" color="gray" size="xs" onClick={props.onUndo}>
            Undo
          </Button>
        )}
        <Button
          ref={props.buttonRef ?? null}
          type="submit"
          size="xs"
          disabled={!editable || !(dirty || props.savesUnchanged)}
          loading={props.saving}
        >
          {props.label ?? 'Save'}
        </Button>
      </Group>
    </>
  )
}
