import type { z } from 'zod'
import { hidePassword } from './start-problem.ts'

/** How the text of an environment variable is read. */
export type Setting<Schema extends z.ZodType> = {
  readonly schema: Schema
  /** The end of the sentence "PORT is "x": it must be …". */
  readonly right: string
  /** How the error shows a wrong value. By default as it is, without a password in a URL. */
  readonly show?: (text: string) => string
}

/** Reads settings from the environment and collects what is wrong with them, so that one error names it all. */
export type SettingsReader = {
  /** The value of a setting. An empty variable counts as unset. If the value is wrong, the result must not be used. */
  read<Schema extends z.ZodType>(name: string, setting: Setting<Schema>): z.output<Schema>
  isSet(name: string): boolean
  /** Adds a sentence about a setting that is wrong. */
  complain(sentence: string): void
  /** The sentences about everything that is wrong. */
  readonly complaints: readonly string[]
}

/** Creates a reader of the environment variables in `env`. */
export function createSettingsReader(env: NodeJS.ProcessEnv): SettingsReader {
  const complaints: string[] = []
  const textOf = (name: string) => (env[name] === '' ? undefined : env[name])
  return {
    complaints,
    read<Schema extends z.ZodType>(name: string, { schema, right, show = quote }: Setting<Schema>) {
      const text = textOf(name)
      const parsed = schema.safeParse(text)
      if (!parsed.success) complaints.push(`${name} is ${show(text ?? '')}: it must be ${right}.`)
      return parsed.data as z.output<Schema>
    },
    isSet: (name) => textOf(name) !== undefined,
    complain(sentence) {
      complaints.push(sentence)
    },
  }
}

function quote(text: string): string {
  return JSON.stringify(hidePassword(text))
}

/** Shows nothing of a secret value. */
export const hideValue = () => 'wrong'
