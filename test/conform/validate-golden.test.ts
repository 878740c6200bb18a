/** What a distributed worker of the JVM answered about configurations and plugins; ours answers through REST. */
import { describe, expect, test } from 'bun:test'
import { builtInPlugins } from '../../src/cli/builtins.ts'
import { ConfigResolver } from '../../src/herder/config-resolver.ts'
import { HerderError } from '../../src/herder/errors.ts'
import { Validation } from '../../src/herder/validation.ts'
import { statusOf } from '../../src/rest/compat.ts'
import golden from './vectors/validate-golden.json'

interface Entry {
  title: string
  request: { method: string; path: string; body?: Record<string, string | null> }
  status: number
  body: unknown
}
const entries = golden.entries as unknown as Entry[]
const converter = 'org.apache.kafka.connect.json.JsonConverter'
const plugins = builtInPlugins()
const worker = { 'key.converter': converter, 'value.converter': converter }
const validation = new Validation(
  { plugins, worker, distributed: { groupId: 'connect-cluster', exactlyOnceSource: 'disabled' } },
  new ConfigResolver({ worker, plugins, timeoutMs: 10_000 }),
)
/** On a second request the JVM has forgotten which versions there are: ours answers as it did to the first. */
const AGAIN = 'validate: connector.plugin.version not installed (same request again)'

const ofJavas = ({ class: name }: { class: string }) =>
  !name.includes('.mirror.') && !name.startsWith('bunnect.')

async function answer({ request: { path, body } }: Entry): Promise<{ status: number; body: unknown }> {
  const [, plugin, validates] = /^\/connector-plugins\/([^/]+)\/config(\/validate)?$/.exec(path) ?? []
  try {
    if (plugin === undefined)
      return { status: 200, body: plugins.list(!path.includes('connectorsOnly=false')).filter(ofJavas) }
    if (!validates) return { status: 200, body: validation.pluginConfig(plugin, 'latest') }
    return { status: 200, body: (await validation.validated(plugin, body ?? {})).infos }
  } catch (error) {
    if (!(error instanceof HerderError)) throw error
    const status = statusOf(error.code, 'strict', error.status)
    return { status, body: { error_code: status, message: error.message } }
  }
}

/** As text: the order of fields counts too. */
const text = (body: unknown) =>
  JSON.stringify(body, null, 1).replaceAll(/,?\s*"bunnect\.[^"]*"(?=[,\s])/g, '')

describe('as the JVM answered', () => {
  for (const entry of entries.filter(({ title }) => title !== AGAIN)) {
    test(entry.title, async () => {
      const { status, body } = await answer(entry)
      const expected = Array.isArray(entry.body)
        ? entry.body.filter(one => !('class' in one) || ofJavas(one))
        : entry.body
      expect(status).toBe(entry.status)
      expect(text(body)).toBe(text(expected))
    })
  }
  test(AGAIN, async () => {
    const again = entries.find(({ title }) => title === AGAIN)!
    const first = entries.find(({ title }) => title.endsWith('(first request on this worker)'))!
    expect(again.request).toEqual(first.request)
    await answer(again)
    expect(await answer(again)).toEqual({ status: 200, body: first.body })
  })
})
