import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { alertKinds } from '../inbox/alert.ts'
import { composeMessage, toEventType } from './webhook-message.ts'

const text = await readFile(new URL('../../../../docs/webhooks.md', import.meta.url), 'utf8')

test('docs/webhooks.md lists exactly the types that are sent', () => {
  const listed = [...text.matchAll(/^\| `([a-z]+\.[a-z]+)`/gm)].map(([, type]) => type)
  expect(listed.sort()).toEqual([...alertKinds, 'webhook_test' as const].map(toEventType).sort())
})

test('docs/webhooks.md shows a message with exactly the fields that are sent', () => {
  const example = JSON.parse(/```json\n(.*?)```/s.exec(text)?.[1] ?? '') as { data: object }
  const uuid = '0199c3a8-7e4d-7aa1-b1f3-a06a5a0f7b1c'
  const alert = { kind: 'balance_zero', atMs: 0, title: '', detail: '', link: '/billing' } as const
  const task = { workspaceId: uuid, id: uuid, tries: 1, alertId: uuid, workspaceName: '', webhookId: uuid }
  const { body } = composeMessage({ ...task, alert, webhook: null }, 'https://talktime.example.com', 0)
  const sent = JSON.parse(body) as { data: object }
  expect(Object.keys(example)).toEqual(Object.keys(sent))
  expect(Object.keys(example.data)).toEqual(Object.keys(sent.data))
})
