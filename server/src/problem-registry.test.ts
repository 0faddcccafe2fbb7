import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../test/app.ts'
import { renderErrorsMarkdown } from './platform/http/error-page.ts'
import { problemRegistry, problemSections } from './problem-registry.ts'

const codes = Object.keys(problemRegistry)

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => t.close())

test('docs/errors.md shows the problem types as they are defined ("npm run errors" writes it)', async () => {
  const file = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  expect(file).toBe(renderErrorsMarkdown(problemSections))
})

test('docs/errors.md has an anchor for each code, and no other', async () => {
  const file = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  expect(Array.from(file.matchAll(/^### (.+)$/gm), ([, anchor]) => anchor)).toEqual(codes)
})

test('200: /docs/errors has an anchor for each code, and no other', async () => {
  const page = await t.request('GET', '/docs/errors')
  expect(page.status).toBe(200)
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(Array.from(page.text.matchAll(/ id="([^"]*)"/g), ([, anchor]) => anchor)).toEqual(codes)
})

test('the type of a problem is the address of its explanation', async () => {
  const { body } = await t.request('GET', '/v1/agents', { key: 'tt_unknown' })
  const type = new URL(String(body.type))
  const page = await t.request('GET', type.pathname)
  expect(page.text).toContain(`id="${type.hash.slice(1)}"`)
  expect(page.text).toContain(`<strong>401 · ${body.title}</strong>`)
})

test('every problem type says when it occurs and what to do, in whole sentences', () => {
  for (const { code, cause, remedy } of Object.values(problemRegistry)) {
    expect([code, cause, remedy]).toEqual([code, ...Array(2).fill(expect.stringMatching(/^[A-Z`].*\.$/))])
  }
})
