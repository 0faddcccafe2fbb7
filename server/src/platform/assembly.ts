import type { Routes } from './http/http-server.ts'

/** Work that is repeated by the clock. */
export type Chore = {
  readonly name: string
  readonly everyMs: number
  readonly work: () => Promise<unknown>
}

/** What runs in the background of a room. */
export type Worker = {
  /** At the start of the server, before it takes requests. */
  readonly start?: () => Promise<void>
  /** Resolves when everything that is due has been done and nothing is running. */
  readonly idle?: () => Promise<void>
  /** Before the server closes: ends requests that would not end by themselves. */
  readonly drain?: () => void
  /** Stops for good; resolves when what was running has ended. */
  readonly close?: () => Promise<void>
}

/**
 * Where rooms register what they bring: routes, chores and workers. The server runs all of it; the demo's year, tests
 * and benchmarks use the same rooms and run only what they need.
 */
export type Assembly<Http> = {
  /** @param make gets what routes need of the HTTP side, once there is one */
  readonly routes: (make: (http: Http) => Routes) => void
  /** Registers work that is repeated every `everyMs` milliseconds, counted from the end of one run to the next. */
  readonly chore: (name: string, everyMs: number, work: () => Promise<unknown>) => void
  readonly worker: (worker: Worker) => void
}

/** What was registered, in the order of registration. */
export type Assembled<Http> = {
  readonly routes: readonly ((http: Http) => Routes)[]
  readonly chores: readonly Chore[]
  readonly workers: readonly Worker[]
}

export function createAssembly<Http>(): Assembly<Http> & { readonly assembled: Assembled<Http> } {
  const routes: ((http: Http) => Routes)[] = []
  const chores: Chore[] = []
  const workers: Worker[] = []
  return {
    routes: (make) => routes.push(make),
    chore: (name, everyMs, work) => chores.push({ name, everyMs, work }),
    worker: (worker) => workers.push(worker),
    assembled: { routes, chores, workers },
  }
}
