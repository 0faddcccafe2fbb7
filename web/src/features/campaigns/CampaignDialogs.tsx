import { api, readBody } from '../../api/client.ts'
import type { Campaign } from '../../api/types.ts'
import { Confirm } from '../../design/ui/Confirm.tsx'
import { toast } from '../../design/ui/toast.ts'
import type { CampaignDialog } from './campaigns-search.ts'
import { contactsInWords } from './labels.ts'
import { ResumeDialog } from './ResumeDialog.tsx'
import { StartDialog } from './StartDialog.tsx'
import { UploadDialog } from './UploadDialog.tsx'

/** What is open over a campaign's page. Each says what will happen before it does. */
export function CampaignDialogs(props: {
  dialog: CampaignDialog
  campaign: Campaign
  onChanged: () => void
  onDeleted: () => void
  onClose: () => void
}) {
  const { dialog, campaign, onChanged, onClose } = props
  const path = { path: { id: campaign.id } }
  const done = (message: string) => {
    toast(message)
    onChanged()
    onClose()
  }
  switch (dialog) {
    case 'start':
      return (
        <StartDialog
          campaign={campaign}
          onDone={({ status }) =>
            done(status === 'scheduled' ? `${campaign.name} is scheduled` : `${campaign.name} is running`)
          }
          onClose={onClose}
        />
      )
    case 'resume':
      return (
        <ResumeDialog
          campaign={campaign}
          onDone={() => done(`${campaign.name} is running again`)}
          onClose={onClose}
        />
      )
    case 'pause':
      return (
        <Confirm
          title={`Pause ${campaign.name}?`}
          button="Pause campaign"
          color="ink"
          act={() => readBody(api.POST('/v1/campaigns/{id}/pause', { params: path, body: {} }))}
          onDone={() => done(`${campaign.name} is paused`)}
          onClose={onClose}
        >
          {afterPause(campaign)}
        </Confirm>
      )
    case 'delete':
      return (
        <Confirm
          title={`Delete ${campaign.name}?`}
          button="Delete campaign"
          act={() => api.DELETE('/v1/campaigns/{id}', { params: path })}
          onDone={() => {
            toast(`${campaign.name} is deleted`)
            props.onDeleted()
            onChanged()
          }}
          onClose={onClose}
        >
          The campaign and its {contactsInWords(campaign.contacts.total)} leave the list and do not come back.
          Its calls and their receipts stay in the call history.
        </Confirm>
      )
    case 'upload':
      return <UploadDialog campaign={campaign} onAdded={onChanged} onClose={onClose} />
  }
}

function afterPause({ status, contacts }: Campaign): string {
  if (status === 'scheduled')
    return 'It does not start by itself at the chosen time. Resuming it starts it at once.'
  if (contacts.calling === 0) return 'Nobody else is called until somebody resumes it.'
  const calls =
    contacts.calling === 1 ? 'The call that is on goes' : `The ${contacts.calling} calls that are on go`
  return `Nobody else is called until somebody resumes it. ${calls} on to the end.`
}
