import { describe, expect, test } from 'vitest'

declare global {
  interface ImportMeta {
    glob(pattern: string, options: object): Record<string, string>
  }
}

const readmes = import.meta.glob('./*/README.md', { query: '?raw', import: 'default', eager: true })
const tests = import.meta.glob('./*/*.test.ts', { query: '?raw', import: 'default', eager: true })

/** The rows of a README's invariants that name a test: `file`: title. */
function listCitations(readme: string): { file: string; title: string }[] {
  return [...readme.matchAll(/\| `([\w.-]+\.test\.ts)`: (.+?) \|$/gm)].map(([, file = '', title = '']) => ({
    file,
    title,
  }))
}

describe.each(Object.entries(readmes))('%s', (path, readme) => {
  const folder = path.slice(0, path.lastIndexOf('/'))

  test('names a test for every invariant', () => {
    const section = readme.slice(readme.indexOf('## Invariants'), readme.indexOf('## Boundaries'))
    const rows = section.split('\n').filter((line) => line.startsWith('|')).length - 2
    expect(rows).toBeGreaterThan(0)
    expect(listCitations(section)).toHaveLength(rows)
  })

  test.each(listCitations(readme))('$file has the property "$title"', ({ file, title }) => {
    const source = tests[`${folder}/${file}`] ?? ''
    const start = source.indexOf(`test('${title}'`)
    expect(start).toBeGreaterThanOrEqual(0)
    const next = source.indexOf("test('", start + 1)
    expect(source.slice(start, next === -1 ? undefined : next)).toContain('fc.assert')
  })
})
