import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { CANARY, expectNoCanary, FILE_PROVIDER, filesOf, Planted } from './canaries.ts'

let planted: Planted
beforeEach(() => {
  planted = new Planted()
})
afterEach(() => planted.close())

describe('a worker’s key', () => {
  const main = resolve(import.meta.dir, '../../../src/main.ts')
  const keys = (more: Record<string, string>) => ({
    'bootstrap.servers': 'embedded',
    'bunnect.data.dir': planted.place.path('data'),
    listeners: 'http://127.0.0.1:0',
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'offset.storage.file.filename': planted.place.path('connect.offsets'),
    ...FILE_PROVIDER,
    ...more,
  })
  const text = (entries: Record<string, string>) =>
    Object.entries(entries)
      .map(([name, value]) => `${name}=${value}\n`)
      .join('')

  /** Both outputs of the program, run until it ends or `until` is said, then stopped. */
  async function outputs(
    worker: Record<string, string>,
    connectors: Record<string, string>[] = [],
    said?: string,
  ): Promise<{ code: number; text: string }> {
    writeFileSync(planted.place.path('worker.properties'), text(keys(worker)))
    const files = connectors.map((connector, i) => {
      writeFileSync(planted.place.path(`connector-${i}.properties`), text(connector))
      return planted.place.path(`connector-${i}.properties`)
    })
    const child = Bun.spawn(
      [process.execPath, main, '--debug', 'standalone', planted.place.path('worker.properties'), ...files],
      { stdout: 'pipe', stderr: 'pipe', cwd: planted.place.folder, env: { ...process.env, NO_COLOR: '1' } },
    )
    let all = ''
    let stopped = false
    const read = async (stream: ReadableStream<Uint8Array>) => {
      const decoder = new TextDecoder()
      for await (const chunk of stream) {
        all += decoder.decode(chunk, { stream: true })
        if (stopped || said === undefined || !all.includes(said)) continue
        stopped = true
        child.kill('SIGTERM')
      }
    }
    await Promise.all([read(child.stdout), read(child.stderr), child.exited])
    return { code: await child.exited, text: all }
  }

  const refused: [string, () => Record<string, string>, RegExp][] = [
    [
      'bootstrap.servers that nobody has',
      () => ({
        'bootstrap.servers': `${planted.secret('broker', `${CANARY.toLowerCase()}.invalid`)}:9092`,
        'default.api.timeout.ms': '1500',
      }),
      /Failed to connect to and describe Kafka cluster at \[hidden\]:9092/,
    ],
    [
      'a number',
      () => ({ 'offset.flush.interval.ms': planted.secret('interval') }),
      /Invalid value \[hidden\] for configuration offset\.flush\.interval\.ms/,
    ],
    [
      'a converter',
      () => ({ 'key.converter': planted.secret('converter') }),
      /Class \[hidden\] could not be found/,
    ],
    ['listeners', () => ({ listeners: planted.secret('listeners') }), /listeners|Listener/],
    [
      'the override policy',
      () => ({ 'connector.client.config.override.policy': planted.secret('policy') }),
      /which name matches \[hidden\]/,
    ],
    [
      'the offsets’ file',
      () => ({ 'offset.storage.file.filename': `/${planted.secret('offsets')}/x` }),
      /\[hidden\]/,
    ],
    ['a connector’s file', () => ({}), /Invalid value \[hidden\] for configuration tasks\.max/],
  ]
  for (const [what, worker, told] of refused) {
    test(`${what}: the program ends and does not say it`, async () => {
      const connectors =
        what === 'a connector’s file'
          ? [
              {
                name: 'c',
                'connector.class': 'FileStreamSource',
                topic: 't',
                'tasks.max': planted.secret('max'),
              },
            ]
          : []
      const { code, text } = await outputs(worker(), connectors)
      expect([2, 3]).toContain(code)
      expectNoCanary(text)
      expectNoCanary(text.replaceAll(CANARY.toLowerCase(), CANARY))
      expect(text).toMatch(told)
    }, 120_000)
  }

  test('passwords and converters’ keys: the program runs and does not say them', async () => {
    writeFileSync(planted.place.path('in'), 'x\n')
    const worker = {
      'producer.sasl.jaas.config': `org.example.Login required password="${planted.secret('jaas')}";`,
      'producer.ssl.keystore.password': planted.secret('keystore'),
      'consumer.client.rack': planted.secret('rack'),
      'key.converter.nonsense': planted.secret('nonsense'),
      [`unknown.${'key'}`]: planted.secret('unknown'),
    }
    const source = {
      name: 'c',
      'connector.class': 'FileStreamSource',
      file: planted.place.path('in'),
      topic: 't',
    }
    const { text } = await outputs(worker, [source], 'Created connector c')
    expect(text).toContain('Kafka Connect stopped')
    expectNoCanary(text)
    expectNoCanary(filesOf(planted.place.folder, ['secrets.properties']))
  }, 120_000)
})
