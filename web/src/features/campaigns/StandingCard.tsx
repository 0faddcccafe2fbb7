import { serverNow } from '../../api/server-clock.ts'
import type { Campaign } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { Card } from '../../design/ui/Card.tsx'
import { CampaignStatusIcon } from './CampaignStatusIcon.tsx'
import { ContactsBar, ContactsLegend } from './ContactsBar.tsx'
import type { CampaignDialog } from './campaigns-search.ts'
import { aboutCredits, contactsLeft, describeRemaining, describeStatus } from './labels.ts'
import { PauseFix } from './PauseFix.tsx'
import classes from './StandingCard.module.css'
import { StateButtons } from './StateButtons.tsx'
import { useCampaignRights } from './use-campaign-rights.ts'

/** The campaign's status and progress, with what can be done about them. */
export function StandingCard(props: { campaign: Campaign; onOpen: (dialog: CampaignDialog) => void }) {
  const { campaign } = props
  const { timeZone } = useCampaignRights()
  const { contacts, status, pauseDetail } = campaign
  return (
    <Card footer={<Credits campaign={campaign} />}>
      <div className={classes.standing} data-status={status}>
        <div className={classes.words}>
          <p className={classes.sentence} role="status">
            <CampaignStatusIcon status={status} />
            <span>
              {describeStatus(campaign, timeZone, serverNow())}.
              {contacts.total > 0 && status !== 'completed' && ` ${describeRemaining(campaign)}.`}
            </span>
          </p>
          {pauseDetail !== null && <p className={classes.detail}>{pauseDetail}</p>}
          {status === 'draft' && contacts.total === 0 && (
            <p className={classes.detail}>Upload contacts, then start the campaign.</p>
          )}
        </div>
        <div className={classes.buttons}>
          <PauseFix campaign={campaign} />
          <StateButtons campaign={campaign} onOpen={props.onOpen} />
        </div>
      </div>
      <ContactsBar contacts={contacts} large />
      <div className={classes.legend}>
        <ContactsLegend contacts={contacts} />
      </div>
    </Card>
  )
}

const bases = {
  campaign: 'based on its calls so far',
  agent: 'based on its agent’s calls in the last 30 days',
}

/** The credits used so far, and those needed to finish. */
function Credits({ campaign }: { campaign: Campaign }) {
  const { creditsToFinish, creditsToFinishBasis } = campaign
  return (
    <>
      <span>{creditsInWords(campaign.creditsUsed.milliseconds)} used so far</span>
      {contactsLeft(campaign) > 0 && (
        <span>
          {creditsToFinish === null
            ? 'An estimate of the remaining credits appears after the first calls'
            : `To finish: ${aboutCredits(creditsToFinish.milliseconds)}${
                creditsToFinishBasis === null ? '' : `, ${bases[creditsToFinishBasis]}`
              }`}
        </span>
      )}
    </>
  )
}
