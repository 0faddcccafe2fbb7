import type { MemberRole } from '../access/index.ts'
import { publicId } from '../platform/ids.ts'
import type { AlertKind } from './alert.ts'
import { linkTo } from './link.ts'
import type { Mail } from './mail.ts'
import type { MailTask } from './take.ts'

/** What the link to the page where it is mended says. */
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

const settingsPath = '/settings/alerts'

/** The mail that tells a member of an alert. */
export function letterOf(
  { id, workspaceId, workspaceName, alert }: MailTask,
  to: { readonly email: string; readonly role: MemberRole },
  service: { readonly origin: string; readonly serviceName: string },
): Mail {
  const { kind, title, detail, atMs } = alert
  const link = linkTo(service.origin, workspaceId, alert.link)
  const settings = linkTo(service.origin, workspaceId, settingsPath)
  const as = to.role === 'owner' ? 'you are an owner of' : 'you chose to hear of this in'
  const why = `You get this mail because ${as} ${workspaceName} at ${service.serviceName}.`
  const choose = 'Choose what you are mailed about'
  return {
    id: publicId('delivery', id),
    to: [to.email],
    subject: `${title} (${workspaceName})`,
    text: `${title}\n\n${detail}\n\n${linkTexts[kind]}:\n${link}\n\n-- \n${why}\n${choose}:\n${settings}\n`,
    html: `<!doctype html>
<html lang="en">
<body style="font-family: system-ui, sans-serif; line-height: 1.5; max-width: 36rem">
<h1 style="font-size: 1.25rem">${escaped(title)}</h1>
<p>${escaped(detail)}</p>
<p><a href="${escaped(link)}">${linkTexts[kind]}</a></p>
<p style="font-size: 0.875rem; opacity: 0.7">${escaped(why)} <a href="${escaped(settings)}">${choose}</a>.</p>
</body>
</html>
`,
    atMs,
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character)
}
