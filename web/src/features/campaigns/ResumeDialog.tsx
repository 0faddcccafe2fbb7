import { Button, Modal, Skeleton } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import type { Campaign } from '../../api/types.ts'
import classes from '../../design/ui/Dialog.module.css'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { Outlook } from './Outlook.tsx'
import { useOutlook } from './use-outlook.ts'

/** Resumes a paused campaign, after saying what will happen. */
export function ResumeDialog(props: {
  campaign: Campaign
  onDone: (campaign: Campaign) => void
  onClose: () => void
}) {
  const { campaign } = props
  const known = useOutlook(campaign, false)
  const resume = useMutation({
    mutationFn: () =>
      readBody(api.POST('/v1/campaigns/{id}/resume', { params: { path: { id: campaign.id } }, body: {} })),
    onSuccess: props.onDone,
  })
  return (
    <Modal opened onClose={props.onClose} title={`Resume ${campaign.name}`}>
      <div className={classes.form}>
        {known === undefined ? <Skeleton height={96} /> : <Outlook prospects={known.prospects} />}
        <FormMessage message={resume.error === null ? null : asProblem(resume.error).message} />
        <div className={classes.buttons}>
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button
            loading={resume.isPending}
            disabled={known?.mayRun === false}
            onClick={() => resume.mutate()}
            data-autofocus
          >
            Resume
          </Button>
        </div>
      </div>
    </Modal>
  )
}
