import type { KeyScope } from '../../api/types.ts'

/** What a key may do, in the order in which it is offered and listed. */
export const keyScopes: readonly { value: KeyScope; label: string; short: string; note: string }[] = [
  {
    value: 'read',
    label: 'Read',
    short: 'read',
    note: 'Balance, calls, usage, campaigns and settings',
  },
  {
    value: 'calls:start',
    label: 'Start calls',
    short: 'start calls',
    note: 'Ask whether a call may start, and order hang-ups',
  },
  {
    value: 'calls:report',
    label: 'Report calls',
    short: 'report calls',
    note: 'Say when calls were answered and ended. This decides what they cost',
  },
  {
    value: 'campaigns',
    label: 'Campaigns',
    short: 'campaigns',
    note: 'Create, change and start campaigns, and add contacts',
  },
  {
    value: 'llm',
    label: 'Language models',
    short: 'language models',
    note: 'Use the LLM gateway',
  },
  {
    value: 'money',
    label: 'Spend money',
    short: 'spend money',
    note: 'Buy credits, change the plan, cards and auto-reload',
  },
  {
    value: 'admin',
    label: 'Administer',
    short: 'administer',
    note: 'Agents, members, API keys, webhooks and settings',
  },
]

/** Lists what a key may do: `Read, start calls, report calls`. */
export function describeScopes(scopes: readonly KeyScope[]): string {
  if (scopes.length === keyScopes.length) return 'Everything'
  if (scopes.length === 0) return 'Nothing'
  const names = keyScopes.filter(({ value }) => scopes.includes(value)).map(({ short }) => short)
  const list = names.join(', ')
  return list.charAt(0).toUpperCase() + list.slice(1)
}
