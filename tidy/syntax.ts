import { type Node, type Program, parseSync, visitorKeys } from 'oxc-parser'
import type { RepositoryFile } from './repository.ts'

export type { Node }

const programs = new WeakMap<RepositoryFile, Program>()

/** Parses TypeScript, once each file. Offsets in the tree count UTF-16 units, as strings do. */
export function parse(file: RepositoryFile): Program {
  const known = programs.get(file)
  if (known) return known
  const { program, errors } = parseSync(file.path, file.text)
  const error = errors[0]
  if (error) throw new SyntaxError(`${file.path}: ${error.message}`)
  programs.set(file, program)
  return program
}

/**
 * Visits a node and everything below it.
 *
 * @param visit gets the nodes around the visited one as well, outermost first; the list changes as the walk goes on
 */
export function walk(
  node: Node,
  visit: (node: Node, around: readonly Node[]) => void,
  around: Node[] = [],
): void {
  visit(node, around)
  around.push(node)
  for (const key of visitorKeys[node.type] ?? []) {
    const child: unknown = node[key as keyof Node]
    for (const one of Array.isArray(child) ? child : [child]) {
      if (isNode(one)) walk(one, visit, around)
    }
  }
  around.pop()
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}

/** `a.b.c` for a chain of names, `undefined` for any other expression. */
export function dottedName(node: Node): string | undefined {
  if (node.type === 'Identifier') return node.name
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier')
    return undefined
  const object = dottedName(node.object)
  return object === undefined ? undefined : `${object}.${node.property.name}`
}

/** Stands for an expression that is put into a template. */
export const HOLE = '…'

/** The text of a string or a template, `undefined` for any other node. */
export function textOf(node: Node): string | undefined {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node.type === 'TemplateLiteral') return node.quasis.map(({ value }) => value.cooked ?? '').join(HOLE)
  return undefined
}
