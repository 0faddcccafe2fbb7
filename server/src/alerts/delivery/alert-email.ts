import { htmlEscape } from 'escape-goat'
import type { MemberRole } from '../../access/index.ts'
import { publicId } from '../../public-ids.ts'
import type { AlertKind } from '../inbox/alert.ts'
import type { MailTask } from './claim-deliveries-store.ts'
import { buildLink } from './link.ts'
import type { Mail } from './mail.ts'

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

const buttonStyle =
  'display: inline-block; padding: 10px 18px; border: 1px solid #71717a; border-radius: 8px; background: #18181b; color: #ffffff; font-weight: 600; text-decoration: none'

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
  const why = `You receive this mail because ${as} ${workspaceName} at ${service.serviceName}.`
  const choose = 'Choose what you are mailed about'
  return {
    id: publicId('delivery', id),
    to: [to.email],
    subject: `${title} (${workspaceName})`,
    text: `${title}\n\n${detail}\n\n${linkTexts[kind]}:\n${link}\n\n-- \n${why}\n${choose}:\n${settings}\n`,
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
</head>
<body style="margin: 0; padding: 32px 24px; font: 16px/1.5 system-ui, sans-serif">
<div style="max-width: 34rem; margin: 0 auto">
<p style="margin: 0 0 24px; font-size: 14px; opacity: 0.7">${htmlEscape(workspaceName)}</p>
<h1 style="margin: 0 0 12px; font-size: 20px; line-height: 1.3">${htmlEscape(title)}</h1>
<p style="margin: 0 0 24px">${htmlEscape(detail)}</p>
<p style="margin: 0 0 40px"><a href="${htmlEscape(link)}" style="${buttonStyle}">${linkTexts[kind]}</a></p>
<p style="margin: 0; font-size: 13px; opacity: 0.7">${htmlEscape(why)} <a href="${htmlEscape(settings)}" style="color: inherit">${choose}</a>.</p>
</div>
</body>
</html>
`,
    atMs,
  }
}
