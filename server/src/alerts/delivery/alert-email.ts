import type { MemberRole } from '../../access/index.ts'
import { renderMail } from '../../platform/mail/mail-layout.ts'
import type { Mail } from '../../platform/mail/mailer.ts'
import { publicId } from '../../public-ids.ts'
import type { AlertKind } from '../inbox/alert.ts'
import type { MailTask } from './claim-deliveries-store.ts'
import { buildLink } from './link.ts'

/** The text of the link to the page where an alert is resolved. */
const linkTexts: Readonly<Record<AlertKind, string>> = {
  reload_declined: 'Open billing',
  reload_failed: 'Open billing',
  reload_capped: 'Open billing',
  reload_done: 'Open billing',
  renewal_failed: 'Open billing',
  plan_ended: 'Choose a plan',
  balance_low: 'Buy credits',
  balance_zero: 'Buy credits',
  credits_returned: 'Open billing',
  campaign_paused: 'Open the campaign',
  campaign_resumed: 'Open the campaign',
  campaign_completed: 'Open the campaign',
  budget_reached: 'Open usage',
  webhook_disabled: 'Open webhooks',
}

const SETTINGS_PATH = '/settings/alerts'

/** Renders the mail about an alert to a member, as text and HTML. */
export function renderAlertEmail(
  { id, workspaceId, workspaceName, alert }: MailTask,
  to: { readonly email: string; readonly role: MemberRole },
  service: { readonly origin: string; readonly serviceName: string },
): Mail {
  const { kind, title, detail, atMs } = alert
  const link = buildLink(service.origin, workspaceId, alert.link)
  const settings = buildLink(service.origin, workspaceId, SETTINGS_PATH)
  const as = to.role === 'owner' ? 'you are an owner of' : 'you chose to be mailed about this in'
  return {
    id: publicId('delivery', id),
    to: [to.email],
    subject: `${title} (${workspaceName})`,
    ...renderMail({
      caption: workspaceName,
      title,
      paragraphs: [detail],
      action: { text: linkTexts[kind], url: link },
      reason: `You receive this mail because ${as} ${workspaceName} at ${service.serviceName}.`,
      reasonAction: { text: 'Choose what you are mailed about', url: settings },
    }),
    atMs,
  }
}
