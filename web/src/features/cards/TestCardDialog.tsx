import { Button, Modal } from '@mantine/core'
import { useState } from 'react'
import type { TestCard } from '../../api/types.ts'
import { ChoiceList } from '../../design/ui/ChoiceList.tsx'
import classes from '../../design/ui/Dialog.module.css'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { testCards } from './card-labels.ts'

const choices = (Object.keys(testCards) as TestCard[]).map((value) => ({
  value,
  label: testCards[value].label,
  note: testCards[value].does,
}))

/** Chooses one of the sandbox's test cards. */
export function TestCardDialog(props: {
  adding: boolean
  message: string | null
  onAdd: (testCard: TestCard) => void
  onClose: () => void
}) {
  const [testCard, setTestCard] = useState<TestCard>('success')
  return (
    <Modal opened onClose={props.onClose} title="Add a card">
      <div className={classes.form}>
        <p className={classes.text}>
          This server uses a payment sandbox. You need no real card, and no money moves.
        </p>
        <FormMessage message={props.message} />
        <ChoiceList legend="Test card" choices={choices} value={testCard} onChange={setTestCard} />
        <div className={classes.buttons}>
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button loading={props.adding} onClick={() => props.onAdd(testCard)}>
            Add card
          </Button>
        </div>
      </div>
    </Modal>
  )
}
