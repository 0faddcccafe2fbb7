import { tableOwners } from '../server/walls.ts'
import type { Violation } from './exceptions.ts'
import { isTest, lineAt, type RepositoryFile } from './repository.ts'
import { findTableUses } from './sql.ts'
import { dottedName, HOLE, type Node, parse, textOf, walk } from './syntax.ts'

const FILE_LINES_MAX = 300
const FUNCTION_LINES_MAX = 70

export function findLongFiles({ path, text }: RepositoryFile): Violation[] {
  const lines = text.trimEnd().split('\n').length
  if (lines <= FILE_LINES_MAX) return []
  return [{ entry: path, line: lines, message: `has ${lines} lines; ${FILE_LINES_MAX} is the most` }]
}

/** Functions that are too long. The body of a `describe` is a list of tests and may be as long as it likes. */
export function findLongFunctions(file: RepositoryFile): Violation[] {
  const found: Violation[] = []
  walk(parse(file), (node, around) => {
    if (!isFunction(node) || isDescribe(around.at(-1))) return
    const lines = file.text.slice(node.start, node.end).split('\n').length
    if (lines <= FUNCTION_LINES_MAX) return
    const name = nameOfFunction(node, around)
    found.push({
      entry: `${file.path} ${name}`,
      line: lineAt(file.text, node.start),
      message: `${name} has ${lines} lines; ${FUNCTION_LINES_MAX} is the most`,
    })
  })
  return found
}

function isFunction(node: Node): boolean {
  return ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'].includes(node.type)
}

function isDescribe(node: Node | undefined): boolean {
  return node?.type === 'CallExpression' && /^describe\b/.test(dottedName(node.callee) ?? '')
}

/** A function's own name, else that of what it is put into: a variable, a property, a call. */
function nameOfFunction(node: Node, around: readonly Node[]): string {
  if ('id' in node && node.id?.type === 'Identifier') return node.id.name
  for (const outer of around.toReversed()) {
    if (outer.type === 'FunctionDeclaration' && outer.id) return outer.id.name
    if (outer.type === 'VariableDeclarator' && outer.id.type === 'Identifier') return outer.id.name
    if ((outer.type === 'Property' || outer.type === 'MethodDefinition') && outer.key.type === 'Identifier') {
      return outer.key.name
    }
    if (outer.type === 'CallExpression') {
      const title = outer.arguments[0] && textOf(outer.arguments[0] as Node)
      return title ?? `${dottedName(outer.callee) ?? 'call'}(…)`
    }
  }
  return 'function'
}

/** Reads of the computer's clock: time is an argument, and only the entrance of the program asks what time it is. */
export function findClockReads(file: RepositoryFile): Violation[] {
  const found: Violation[] = []
  walk(parse(file), (node) => {
    const read = clockRead(node)
    if (read === undefined) return
    found.push({
      entry: `${file.path} ${read}`,
      line: lineAt(file.text, node.start),
      message: `reads the clock: ${read}`,
    })
  })
  return found
}

function clockRead(node: Node): string | undefined {
  if (node.type === 'NewExpression' && dottedName(node.callee) === 'Date' && node.arguments.length === 0) {
    return 'new Date()'
  }
  // Also where it is handed on: `{ now: Date.now }`.
  const name = dottedName(node)
  return name === 'Date.now' || name === 'performance.timeOrigin' ? name : undefined
}

/** Switches that fall through silently when their union grows. */
export function findOpenSwitches(file: RepositoryFile): Violation[] {
  const found: Violation[] = []
  walk(parse(file), (node) => {
    if (node.type !== 'SwitchStatement' || node.cases.some(({ test }) => test === null)) return
    const on = file.text.slice(node.discriminant.start, node.discriminant.end).replaceAll(/\s+/g, ' ')
    found.push({
      entry: `${file.path} ${on}`,
      line: lineAt(file.text, node.start),
      message: `switch (${on}) has no default: end it with default: return assertNever(…)`,
    })
  })
  return found
}

const screaming = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/

/**
 * Module constants that are not written in SCREAMING_CASE: numbers, with what is calculated from them, and texts of one
 * word. SQL, sentences, lists and schemas are written like other names.
 */
export function findLowerConstants(file: RepositoryFile): Violation[] {
  return parse(file)
    .body.map((node) => (node.type === 'ExportNamedDeclaration' ? node.declaration : node))
    .flatMap((node) =>
      node?.type === 'VariableDeclaration' && node.kind === 'const' ? node.declarations : [],
    )
    .flatMap(({ id, init }) => {
      if (id.type !== 'Identifier' || !init || !isPlainValue(init) || screaming.test(id.name)) return []
      return [
        {
          entry: `${file.path} ${id.name}`,
          line: lineAt(file.text, id.start),
          message: `the constant ${id.name} is written in SCREAMING_CASE, its unit last`,
        },
      ]
    })
}

function isPlainValue(node: Node): boolean {
  if (node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression')
    return isPlainValue(node.expression)
  const text = textOf(node)
  return text === undefined ? isNumber(node) : /^\S+$/.test(text) && !text.includes(HOLE)
}

function isNumber(node: Node): boolean {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'number' || typeof node.value === 'bigint'
    case 'UnaryExpression':
      return isNumber(node.argument)
    case 'BinaryExpression':
      return isOperand(node.left) && isOperand(node.right) && /^([-+*/%]|\*\*|<<)$/.test(node.operator)
    default:
      return false
  }
}

const isOperand = (node: Node): boolean =>
  isNumber(node) || (node.type === 'Identifier' && /^[A-Z]|Ms|Max|Min|Length/.test(node.name))

const vagueNames = [
  'parts',
  'fields',
  'representation',
  'store',
  'utils',
  'helpers',
  'common',
  'shared',
  'types',
  'misc',
]

/** Files whose name says nothing about what is in them. */
export function findVagueNames({ path }: RepositoryFile): Violation[] {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/(\.test)?\.tsx?$/, '')
  return vagueNames.includes(name)
    ? [{ entry: path, line: 1, message: `${name} says nothing about what is in the file` }]
    : []
}

const tables = new Set(Object.values(tableOwners).flat())
const sqlFiles = /(-store|\/verify|\/retention)\.ts$/

/** SQL outside the files in which it is looked for. */
export function findScatteredSql(file: RepositoryFile): Violation[] {
  if (!file.path.startsWith('server/src/') || isTest(file.path) || sqlFiles.test(file.path)) return []
  if (file.path.startsWith('server/src/platform/database/')) return []
  const first = findTableUses(file, tables)[0]
  if (!first) return []
  const message = 'has SQL; it belongs into a file called *-store.ts (or verify.ts, retention.ts)'
  return [{ entry: file.path, line: first.line, message }]
}
