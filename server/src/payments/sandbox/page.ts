import { htmlEscape } from 'escape-goat'
import { formatMoney } from '../../platform/text-format.ts'
import type { BankCharge } from './bank-store.ts'

const headings = {
  requires_action: 'Confirm this payment',
  succeeded: 'The payment is confirmed',
  declined: 'The payment was declined',
}

const endings = {
  succeeded: 'There is nothing left to do here.',
  declined: 'Nothing was charged.',
}

/** The bank's page on which a customer confirms a payment: plain HTML, without a script. */
export function renderConfirmation(charge: BankCharge): string {
  return renderPage(
    headings[charge.status],
    `<dl>${renderDetails(charge)}</dl>${
      charge.status === 'requires_action'
        ? renderChoices(charge)
        : htmlEscape`<p>${endings[charge.status]}</p>` + renderWayBack(charge)
    }`,
  )
}

export function renderUnknownCharge(): string {
  return renderPage(
    'There is no such payment',
    '<p>The link is incomplete, or the payment was never made.</p>',
  )
}

/** The page of this server to which the customer returns. */
export function buildReturnPath({ returnUrl }: BankCharge): string {
  if (returnUrl === null || !URL.canParse(returnUrl)) return '/billing'
  const { pathname, search } = new URL(returnUrl)
  return pathname + search
}

function renderDetails(charge: BankCharge): string {
  const rows = [
    ['Amount', formatMoney(charge.amountMinor, charge.currency)],
    ['For', charge.description],
    ['Card', `•••• ${charge.lastFour ?? '????'}`],
  ]
  return rows.map(([term = '', text = '']) => htmlEscape`<dt>${term}</dt><dd>${text}</dd>`).join('')
}

function renderChoices(charge: BankCharge): string {
  const path = `/sandbox-bank/${encodeURIComponent(charge.ref)}`
  return htmlEscape`<p>Nothing is charged until you confirm. You can also come back to this page later.</p>
<div class="choices">
<form method="post" action="${path}/confirm"><button class="main">Confirm</button></form>
<form method="post" action="${path}/decline"><button>Decline</button></form>
</div>`
}

function renderWayBack(charge: BankCharge): string {
  return htmlEscape`<p><a href="${buildReturnPath(charge)}">Back to billing</a></p>`
}

/** @param body HTML */
function renderPage(heading: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${htmlEscape(heading)} · Sandbox bank</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="bank">Sandbox bank · no real money moves here</p>
<h1>${htmlEscape(heading)}</h1>
${body}
</main>
</body>
</html>
`
}

const style = `
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px; box-sizing: border-box;
  font: 16px/1.5 system-ui, sans-serif; background: light-dark(#f5f5f4, #161615); color: light-dark(#1c1c1a, #ededeb); }
main { width: 100%; max-width: 26rem; box-sizing: border-box; padding: 32px; border-radius: 12px;
  background: light-dark(#fff, #1f1f1d); border: 1px solid light-dark(#dededb, #383835); }
h1 { font-size: 1.375rem; line-height: 1.25; margin: 4px 0 24px; }
.bank { margin: 0; font-size: .875rem; color: light-dark(#5c5c57, #a9a9a3); }
dl { display: grid; grid-template-columns: auto 1fr; gap: 8px 24px; margin: 0 0 24px; }
dt { color: light-dark(#5c5c57, #a9a9a3); }
dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.choices { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; margin-top: 24px; }
button { width: 100%; font: inherit; font-weight: 600; padding: 12px; border-radius: 8px; cursor: pointer;
  border: 1px solid light-dark(#8a8a84, #7a7a74); background: transparent; color: inherit; }
button.main { background: light-dark(#1c1c1a, #ededeb); border-color: transparent; color: light-dark(#fff, #161615); }
a { color: inherit; }
:focus-visible { outline: 3px solid light-dark(#2563eb, #7aa7ff); outline-offset: 2px; }
`
