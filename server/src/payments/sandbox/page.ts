import type { BankCharge } from './bank.ts'

/** The bank's page on which a customer confirms a payment: plain HTML, without a script. */
export function confirmationPage(charge: BankCharge): string {
  const rows = [
    ['Amount', formatMoney(charge.amountMinor, charge.currency)],
    ['For', charge.description],
    ['Card', `•••• ${charge.lastFour ?? '????'}`],
  ].map(([term = '', text = '']) => `<dt>${escaped(term)}</dt><dd>${escaped(text)}</dd>`)
  return page(
    headings[charge.status],
    `<dl>${rows.join('')}</dl>${charge.status === 'requires_action' ? questions(charge) : `<p>${escaped(ends[charge.status])}</p>${wayBack(charge)}`}`,
  )
}

export function unknownChargePage(): string {
  return page('There is no such payment', '<p>The link is not complete, or the payment was never made.</p>')
}

/** Where the customer goes on: the page of this server that the charge came from. */
export function returnPath(charge: BankCharge): string {
  const { returnUrl } = charge
  if (returnUrl === null || !URL.canParse(returnUrl)) return '/billing'
  const { pathname, search } = new URL(returnUrl)
  return pathname + search
}

const headings = {
  requires_action: 'Confirm this payment',
  succeeded: 'The payment is confirmed',
  declined: 'The payment was declined',
}

const ends = {
  succeeded: 'Nothing is left to do here.',
  declined: 'Nothing was charged.',
}

function questions(charge: BankCharge): string {
  const path = `/sandbox-bank/${encodeURIComponent(charge.ref)}`
  return `<p>Nothing is charged until you confirm. You may also come back to this page later.</p>
<div class="choices">
<form method="post" action="${path}/confirm"><button class="main">Confirm</button></form>
<form method="post" action="${path}/decline"><button>Decline</button></form>
</div>`
}

function wayBack(charge: BankCharge): string {
  return `<p><a href="${escaped(returnPath(charge))}">Back to billing</a></p>`
}

function page(heading: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(heading)} · Sandbox bank</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="bank">Sandbox bank · no real money moves here</p>
<h1>${escaped(heading)}</h1>
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

/** "$24.00" from 2400 minor units. */
function formatMoney(minor: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
