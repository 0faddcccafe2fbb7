import { serverNow } from '../../api/server-clock.ts'
import type { Campaign } from '../../api/types.ts'
import { creditsInWords } from '../../design/format/credits.ts'
import { Card } from '../../design/ui/Card.tsx'
import { CampaignStatusIcon } from './CampaignStatusIcon.tsx'
import { ContactsBar, ContactsLegend } from './ContactsBar.tsx'
import type { CampaignDialog } from './campaigns-search.ts'
import { aboutCredits, contactsLeft, leftInWords, standingInWords } from './labels.ts'
import { PauseFix } from './PauseFix.tsx'
import classes from './StandingCard.module.css'
import { StateButtons } from './StateButtons.tsx'
import { useCampaigning } from './use-campaigning.ts'

/** How the campaign stands, why, what is left, and what can be done about it. */
export function StandingCard(props: { campaign: Campaign; onOpen: (dialog: CampaignDialog) => void }) {
  const { campaign } = props
  const { timeZone } = useCampaigning()
  const { contacts, status, pauseDetail } = campaign
  return (
    <Card footer={<Credits campaign={campaign} />}>
      <div className={classes.standing} data-status={status}>
        <div className={classes.words}>
          <p className={classes.sentence} role="status">
            <CampaignStatusIcon status={status} />
            <span>
              {standingInWords(campaign, timeZone, serverNow())}.
              {contacts.total > 0 && status !== 'completed' && ` ${leftInWords(campaign)}.`}
            </span>
          </p>
          {pauseDetail !== null && <p className={classes.detail}>{pauseDetail}</p>}
          {status === 'draft' && contacts.total === 0 && (
            <p className={classes.detail}>Upload its contacts, then start it.</p>
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
  campaign: 'from the calls it has made so far',
  agent: 'from what calls of its agent cost in the last 30 days',
}

/** What it has cost, and what is to come. */
function Credits({ campaign }: { campaign: Campaign }) {
  const { creditsToFinish, creditsToFinishBasis } = campaign
  return (
    <>
      <span>{creditsInWords(campaign.creditsUsed.milliseconds)} used so far</span>
      {contactsLeft(campaign) > 0 && (
        <span>
          {creditsToFinish === null
            ? 'What the rest takes shows when some calls are over'
            : `To finish: ${aboutCredits(creditsToFinish.milliseconds)}${
                creditsToFinishBasis === null ? '' : `, ${bases[creditsToFinishBasis]}`
              }`}
        </span>
      )}
    </>
  )
}
