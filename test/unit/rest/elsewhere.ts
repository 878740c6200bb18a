import { ElsewhereError } from '../../../src/herder/errors.ts'
import type { Herder } from '../../../src/herder/herder.ts'
import { WorkerClient } from '../../../src/herder/worker-client.ts'
import { type RestApp, restApps } from '../../../src/rest/app.ts'
import { plainSettings } from '../../../src/rest/settings.ts'

/** The REST of a worker that can do nothing itself: `where` says who can, each time that it is asked. */
export function follower(
  where: () => string | null,
  { holdMs = 0, own = {} }: { holdMs?: number; own?: Partial<Herder> } = {},
): RestApp {
  const given: Partial<Herder> = {
    groupSettled: async () => {},
    tenure: () => new AbortController().signal,
    catchUp: async () => true,
    checkSignature: () => {},
    ...own,
  }
  const herder = new Proxy(given as Herder, {
    get: (target, name) =>
      Reflect.get(target, name) ??
      (async () => {
        throw new ElsewhereError(where())
      }),
  })
  return restApps(herder, 'test', { ...plainSettings, holdMs }, null, new WorkerClient()).main
}

export interface Asked {
  method: string
  path: string
  headers?: Record<string, string>
  body?: string
}

export async function ask(
  app: RestApp,
  { method, path, headers, body }: Asked,
  signal?: AbortSignal,
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const response = await app.fetch(
    new Request(`http://worker:8083${path}`, {
      method,
      headers: new Headers({
        host: 'worker:8083',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      }),
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    }),
  )
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}
