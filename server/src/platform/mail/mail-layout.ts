import { htmlEscape } from 'escape-goat'
import type { Mail } from './mailer.ts'

type Link = { readonly text: string; readonly url: string }

/** What a mail says, in the order in which it is read. */
export type MailContent = {
  /** Above the title: whom or what the mail is about. */
  readonly caption: string
  readonly title: string
  readonly paragraphs: readonly string[]
  /** The one thing to do. */
  readonly action?: Link
  /** Why the person receives this mail. */
  readonly reason: string
  /** Where the person can change that. */
  readonly reasonAction?: Link
}

const buttonStyle =
  'display: inline-block; padding: 10px 18px; border: 1px solid #71717a; border-radius: 8px; background: #18181b; color: #ffffff; font-weight: 600; text-decoration: none'

/** Renders a mail's content as text and as HTML. */
export function renderMail(content: MailContent): Pick<Mail, 'text' | 'html'> {
  return { text: renderText(content), html: renderHtml(content) }
}

function renderText({ title, paragraphs, action, reason, reasonAction }: MailContent): string {
  const body = [title, ...paragraphs, ...(action ? [`${action.text}:\n${action.url}`] : [])].join('\n\n')
  const change = reasonAction ? `${reasonAction.text}:\n${reasonAction.url}\n` : ''
  return `${body}\n\n-- \n${reason}\n${change}`
}

function renderHtml({ caption, title, paragraphs, action, reason, reasonAction }: MailContent): string {
  const change = reasonAction
    ? ` <a href="${htmlEscape(reasonAction.url)}" style="color: inherit">${htmlEscape(reasonAction.text)}</a>.`
    : ''
  const button = action
    ? `\n<p style="margin: 0 0 40px"><a href="${htmlEscape(action.url)}" style="${buttonStyle}">${htmlEscape(action.text)}</a></p>`
    : ''
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
</head>
<body style="margin: 0; padding: 32px 24px; font: 16px/1.5 system-ui, sans-serif">
<div style="max-width: 34rem; margin: 0 auto">
<p style="margin: 0 0 24px; font-size: 14px; opacity: 0.7">${htmlEscape(caption)}</p>
<h1 style="margin: 0 0 12px; font-size: 20px; line-height: 1.3">${htmlEscape(title)}</h1>
${paragraphs.map((text) => `<p style="margin: 0 0 24px">${htmlEscape(text)}</p>`).join('\n')}${button}
<p style="margin: 0; font-size: 13px; opacity: 0.7">${htmlEscape(reason)}${change}</p>
</div>
</body>
</html>
`
}
