import { htmlEscape } from 'escape-goat'
import type { ProblemType } from '../problem.ts'
import { contentSecurityPolicy, pageHeaders } from './dashboard.ts'
import type { Routes } from './http-server.ts'

/** The problems of one part of the product, under a heading of the error page. */
export type ProblemSection = {
  readonly title: string
  /** A sentence below the heading. */
  readonly intro?: string
  readonly problems: Readonly<Record<string, ProblemType>>
}

/** Where the error page is served. Its anchors are the problem codes. */
const ERROR_PAGE_PATH = '/docs/errors'

/** The URL of the part of the error page that explains `code`. It is the `type` of a problem (RFC 9457). */
export function problemUrl(origin: string, code: string): string {
  return `${origin}${ERROR_PAGE_PATH}#${code}`
}

/** Serves the error page. */
export function errorPageRoutes(sections: readonly ProblemSection[]): Routes {
  return async (server) => {
    const page = renderPage(sections)
    server.get(ERROR_PAGE_PATH, { schema: { hide: true } }, async (_request, reply) =>
      reply
        .headers(pageHeaders(contentSecurityPolicy()))
        .header('cache-control', 'no-cache')
        .type('text/html; charset=utf-8')
        .send(page),
    )
  }
}

const INTRO =
  'An unsuccessful request is answered with `application/problem+json` (RFC 9457). Match on `code`: codes do not ' +
  'change. `detail` is a sentence about the request at hand, and `requestId` names the request in the server’s log.'

/** The error page in Markdown, as docs/errors.md keeps it. */
export function renderErrorsMarkdown(sections: readonly ProblemSection[]): string {
  const parts = sections.flatMap(({ title, intro, problems }) => [
    `## ${title}`,
    ...(intro === undefined ? [] : [intro]),
    ...Object.values(problems).flatMap((problem) => [
      `### ${problem.code}`,
      `**${describeStatus(problem)}**`,
      problem.cause,
      `*What to do:* ${problem.remedy}`,
    ]),
  ])
  return `${['# Errors', INTRO, ...parts].join('\n\n')}\n`
}

function describeStatus({ status, title, retryable }: ProblemType): string {
  return `${status} · ${title}${retryable ? ' · can be retried unchanged' : ''}`
}

function renderPage(sections: readonly ProblemSection[]): string {
  const parts = sections.map(
    ({ title, intro = '', problems }) =>
      `<h2>${htmlEscape(title)}</h2>\n<p>${formatCode(intro)}</p>\n` +
      Object.values(problems).map(renderProblem).join('\n'),
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Errors · Talktime API</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p><a href="/docs/">API reference</a></p>
<h1>Errors</h1>
<p>${formatCode(INTRO)}</p>
${parts.join('\n')}
</main>
</body>
</html>
`
}

function renderProblem(problem: ProblemType): string {
  return `<section id="${htmlEscape(problem.code)}">
<h3><a href="#${htmlEscape(problem.code)}"><code>${htmlEscape(problem.code)}</code></a></h3>
<p><strong>${htmlEscape(describeStatus(problem))}</strong></p>
<p>${formatCode(problem.cause)}</p>
<p><em>What to do:</em> ${formatCode(problem.remedy)}</p>
</section>`
}

/** Escapes a text as HTML. Parts between backquotes become code. */
function formatCode(text: string): string {
  return htmlEscape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1rem 6rem; }
h2 { margin-top: 3rem; }
section { padding: 0.5rem 1rem; margin: 0 -1rem; border-radius: 0.5rem; }
section:target { outline: 2px solid LinkText; }
section p { margin: 0.4rem 0; }
h3 { margin: 0.4rem 0; font-size: 1.05rem; }
h3 a { color: inherit; text-decoration: none; }
`
