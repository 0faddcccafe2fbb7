// Writes docs/errors.md from the problem types of all rooms.
import { writeFile } from 'node:fs/promises'
import { renderErrorsMarkdown } from '../server/src/platform/http/error-page.ts'
import { problemSections } from '../server/src/problem-registry.ts'

await writeFile(new URL('../docs/errors.md', import.meta.url), renderErrorsMarkdown(problemSections))
