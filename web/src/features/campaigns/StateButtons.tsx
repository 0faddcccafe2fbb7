import { Button } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconUpload } from '@tabler/icons-react'
import { assertNever } from '@talktime/core/exhaustive'
import { useId } from 'react'
import type { Campaign } from '../../api/types.ts'
import type { CampaignDialog } from './campaigns-search.ts'
import classes from './StateButtons.module.css'
import { useCampaignRights } from './use-campaign-rights.ts'

/** The actions for the campaign's status. Each opens a dialog that says what will happen. */
export function StateButtons(props: { campaign: Campaign; onOpen: (dialog: CampaignDialog) => void }) {
  const { campaign, onOpen } = props
  const { mayRun } = useCampaignRights()
  const reasonId = useId()
  const icon = { size: 16, stroke: 1.75, 'aria-hidden': true }
  const button = (dialog: CampaignDialog, label: string, Icon: typeof IconUpload, primary: boolean) => (
    <Button
      key={dialog}
      variant={primary ? 'filled' : 'default'}
      leftSection={<Icon {...icon} />}
      disabled={!mayRun}
      onClick={() => onOpen(dialog)}
    >
      {label}
    </Button>
  )
  switch (campaign.status) {
    case 'draft':
      if (campaign.contacts.total === 0) return button('upload', 'Upload contacts', IconUpload, true)
      return button('start', 'Start', IconPlayerPlay, true)
    case 'scheduled':
      return (
        <>
          {button('pause', 'Pause', IconPlayerPause, false)}
          {button('start', 'Start or reschedule', IconPlayerPlay, true)}
        </>
      )
    case 'running':
      return button('pause', 'Pause', IconPlayerPause, false)
    case 'paused': {
      const refused =
        campaign.pauseReason === 'workspace_suspended' ? 'Suspended. Contact the operator' : null
      return (
        <span className={classes.with}>
          <Button
            variant={campaign.pauseReason === 'by_user' ? 'filled' : 'default'}
            leftSection={<IconPlayerPlay {...icon} />}
            disabled={!mayRun || refused !== null}
            {...(refused === null ? {} : { 'aria-describedby': reasonId })}
            onClick={() => onOpen('resume')}
          >
            Resume
          </Button>
          {refused !== null && (
            <span id={reasonId} className={classes.reason}>
              {refused}
            </span>
          )}
        </span>
      )
    }
    case 'completed':
      return null
    default:
      return assertNever(campaign.status)
  }
}
