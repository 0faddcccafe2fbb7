import { assertNever } from '@talktime/core/exhaustive'
import { api, readBody } from '../../api/client.ts'
import type { Campaign } from '../../api/types.ts'
import { Confirm } from '../../design/ui/Confirm.tsx'
import { toast } from '../../design/ui/toast.ts'
import type { CampaignDialog } from './campaigns-search.ts'
import { contactsInWords } from './labels.ts'
import { ResumeDialog } from './ResumeDialog.tsx'
import { StartDialog } from './StartDialog.tsx'
import { UploadDialog } from './UploadDialog.tsx'

/** The open dialog of a campaign's page. Each one says what will happen before it does. */
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
            done(status === 'scheduled' ? `${campaign.name} scheduled` : `${campaign.name} started`)
          }
          onClose={onClose}
        />
      )
    case 'resume':
      return (
        <ResumeDialog campaign={campaign} onDone={() => done(`${campaign.name} resumed`)} onClose={onClose} />
      )
    case 'pause':
      return (
        <Confirm
          title={`Pause ${campaign.name}?`}
          button="Pause campaign"
          color="ink"
          act={() => readBody(api.POST('/v1/campaigns/{id}/pause', { params: path, body: {} }))}
          onDone={() => done(`${campaign.name} paused`)}
          onClose={onClose}
        >
          {describePause(campaign)}
        </Confirm>
      )
    case 'delete':
      return (
        <Confirm
          title={`Delete ${campaign.name}?`}
          button="Delete campaign"
          act={() => api.DELETE('/v1/campaigns/{id}', { params: path })}
          onDone={() => {
            toast(`${campaign.name} deleted`)
            props.onDeleted()
            onChanged()
          }}
          onClose={onClose}
        >
          This deletes the campaign and its {contactsInWords(campaign.contacts.total)} for good. Its calls and
          receipts stay in the call history.
        </Confirm>
      )
    case 'upload':
      return <UploadDialog campaign={campaign} onAdded={onChanged} onClose={onClose} />
    default:
      return assertNever(dialog)
  }
}

function describePause({ status, contacts }: Campaign): string {
  if (status === 'scheduled')
    return 'It will not start at the scheduled time. Resuming it starts it right away.'
  if (contacts.calling === 0) return 'Nobody else is called until someone resumes it.'
  const calls = contacts.calling === 1 ? '1 live call' : `${contacts.calling} live calls`
  return `Nobody else is called until someone resumes it. ${calls} may finish.`
}
