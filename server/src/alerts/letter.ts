import { publicId } from '../platform/ids.ts'
import type { Mail } from './mail.ts'
import type { MailTask } from './store.ts'

/** The mail that tells the owners of an alert. */
export function letterOf(task: MailTask, to: readonly string[], origin: string): Mail {
  const link = origin + task.link
  const why = `You get this mail because you are an owner of ${task.workspaceName} at Talktime.`
  return {
    id: publicId('alert', task.id),
    to,
    subject: `${task.title} (${task.workspaceName})`,
    text: `${task.title}\n\n${task.detail}\n\n${link}\n\n-- \n${why}\n`,
    html: `<!doctype html>
<html lang="en">
<body style="font-family: system-ui, sans-serif; line-height: 1.5; max-width: 36rem">
<h1 style="font-size: 1.25rem">${escaped(task.title)}</h1>
<p>${escaped(task.detail)}</p>
<p><a href="${escaped(link)}">Open billing</a></p>
<p style="font-size: 0.875rem; opacity: 0.7">${escaped(why)}</p>
</body>
</html>
`,
    atMs: task.atMs,
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
