import { htmlEscape } from 'escape-goat'
import type { ProblemType } from '../problem.ts'
import { contentSecurityPolicy, pageHeaders } from './dashboard.ts'
import type { Routes } from './http-server.ts'

/** The problems of one part of the product, under a heading of the error page. */
export type ProblemSection = {
  readonly title: string
  readonly problems: Readonly<Record<string, ProblemType>>
}

/** Where the error page is served. Its anchors are the problem codes. */
const path = '/docs/errors'

/** The URL of the part of the error page that explains `code`. It is the `type` of a problem (RFC 9457). */
export function problemUrl(origin: string, code: string): string {
  return `${origin}${path}#${code}`
}

/** Serves the error page. */
export function errorPageRoutes(sections: readonly ProblemSection[]): Routes {
  return async (server) => {
    const page = errorPage(sections)
    server.get(path, { schema: { hide: true } }, async (_request, reply) =>
      reply
        .headers(pageHeaders(contentSecurityPolicy()))
        .header('cache-control', 'no-cache')
        .type('text/html; charset=utf-8')
        .send(page),
    )
  }
}

const intro =
  'An unsuccessful request is answered with `application/problem+json` (RFC 9457). Match on `code`: codes do not ' +
  'change. `detail` is a sentence about the request at hand, and `requestId` names the request in the server’s log.'

/** The error page in Markdown, as docs/errors.md keeps it. */
export function errorsMarkdown(sections: readonly ProblemSection[]): string {
  const parts = sections.flatMap(({ title, problems }) => [
    `## ${title}`,
    ...Object.values(problems).flatMap((problem) => [
      `### ${problem.code}`,
      `**${statusLine(problem)}**`,
      problem.cause,
      `*What to do:* ${problem.remedy}`,
    ]),
  ])
  return `${['# Errors', intro, ...parts].join('\n\n')}\n`
}

function statusLine({ status, title, retryable }: ProblemType): string {
  return `${status} · ${title}${retryable ? ' · can be retried unchanged' : ''}`
}

function errorPage(sections: readonly ProblemSection[]): string {
  const parts = sections.map(
    ({ title, problems }) =>
      htmlEscape`<h2>${title}</h2>` + Object.values(problems).map(problemSection).join('\n'),
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Errors · Talktime API</title>
<style>${style}</style>
</head>
<body>
<main>
<p><a href="/docs/">API reference</a></p>
<h1>Errors</h1>
<p>${withCode(intro)}</p>
${parts.join('\n')}
</main>
</body>
</html>
`
}

function problemSection(problem: ProblemType): string {
  return `<section id="${htmlEscape(problem.code)}">
<h3><a href="#${htmlEscape(problem.code)}"><code>${htmlEscape(problem.code)}</code></a></h3>
<p><strong>${htmlEscape(statusLine(problem))}</strong></p>
<p>${withCode(problem.cause)}</p>
<p><em>What to do:</em> ${withCode(problem.remedy)}</p>
</section>`
}

/** Escapes a text; what stands between backquotes becomes code. */
function withCode(text: string): string {
  return htmlEscape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}

const style = `
:root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1rem 6rem; }
h2 { margin-top: 3rem; }
section { padding: 0.5rem 1rem; margin: 0 -1rem; border-radius: 0.5rem; }
section:target { outline: 2px solid LinkText; }
section p { margin: 0.4rem 0; }
h3 { margin: 0.4rem 0; font-size: 1.05rem; }
h3 a { color: inherit; text-decoration: none; }
`
