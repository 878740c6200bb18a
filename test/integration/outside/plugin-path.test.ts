/** What a worker makes of its plugin.path: the broken, the Java ones, those with a name that is taken, the changed. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Broker, sharedBroker } from '../../servers/kafka.ts'
import { until } from '../../servers/run.ts'
import { type ConnectWorker, startWorker } from '../../servers/worker.ts'
import { jar } from '../../unit/outside/jar.ts'

const STRING = 'org.apache.kafka.connect.storage.StringConverter'
const SINK_SERVICE = 'META-INF/services/org.apache.kafka.connect.sink.SinkConnector'
const FILE_SINK = 'org.apache.kafka.connect.file.FileStreamSinkConnector'

const folder = mkdtempSync(join(tmpdir(), 'bunnect-path-'))
const path = join(folder, 'plugins')
const output = join(folder, 'output.txt')
const file = (name: string) => join(path, name)
const tag = (text: string) => `import { transformation } from 'bunnect'
export const tag = transformation({
  className: 'my.Tag', version: '1', config: {},
  create: () => ({
    apply: r => r.newRecord(r.topic, r.kafkaPartition, r.keySchema, r.key, null, '${text} ' + r.value, r.timestamp),
  }),
})
`

beforeAll(() => {
  mkdirSync(path)
  writeFileSync(file('tag.ts'), tag('first'))
  writeFileSync(file('throws.ts'), "import { key } from 'bunnect'\n\nthrow new Error('not today')\n")
  writeFileSync(
    file('clash.ts'),
    `import { sinkConnector } from 'bunnect'
export const it = sinkConnector({ className: '${FILE_SINK}', taskClassName: 'x', version: '0', config: {}, task: () => ({ put() {} }) })
`,
  )
  writeFileSync(file('loop.ts'), 'record => { while (record.value.includes("loop")) {} return record }')
  writeFileSync(file('java.jar'), jar({ [SINK_SERVICE]: `io.example.MongoSinkConnector\n${FILE_SINK}\n` }))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const keys = {
  'plugin.path': path,
  'key.converter': STRING,
  'value.converter': STRING,
  'bunnect.transform.timeout.ms': '300',
}
const lines = async () =>
  (await Bun.file(output).exists()) ? (await Bun.file(output).text()).split('\n').slice(0, -1) : []

async function pipeline(worker: ConnectWorker, topic: string, more: Record<string, string>): Promise<void> {
  rmSync(output, { force: true })
  writeFileSync(join(folder, `${topic}.txt`), 'one\nloop\nthree\n')
  await worker.create({
    name: 'in',
    'connector.class': 'FileStreamSource',
    file: join(folder, `${topic}.txt`),
    topic,
    ...more,
  })
  await worker.create({
    name: 'out',
    'connector.class': 'FileStreamSink',
    file: output,
    topics: topic,
    'consumer.override.auto.offset.reset': 'earliest',
  })
}

async function changes(worker: ConnectWorker, topic: string): Promise<void> {
  await pipeline(worker, topic, { transforms: 'tag', 'transforms.tag.type': 'Tag' })
  await until('the first lines', async () => (await lines()).length >= 3, 40_000)
  expect((await lines()).toSorted()).toEqual(['first loop', 'first one', 'first three'])
  writeFileSync(file('tag.ts'), tag('second'))
  await until('the new code to be read', async () =>
    (await worker.log()).includes('code of its plugins has changed'),
  )
  await worker.awaitState('in', 'RUNNING')
  appendFileSync(join(folder, `${topic}.txt`), 'four\n')
  await until('the next line', async () => (await lines()).length >= 4, 40_000)
  expect((await lines()).at(-1)).toBe('second four')
}

describe('with the embedded log', () => {
  let worker: ConnectWorker
  beforeAll(async () => {
    worker = await startWorker('bunnect', { bootstrap: 'embedded', worker: keys })
  })
  afterAll(async () => void (await worker.stop()))

  test('each is told once at the start', async () => {
    const log = await worker.log()
    expect(log).toContain(`throws.ts:3:`)
    expect(log).toContain('not today')
    expect(log).toContain(
      `Plugin ${FILE_SINK} of ${file('clash.ts')} is not used: a class of that name is built in.`,
    )
    expect(log).toContain(
      `Java plugin io.example.MongoSinkConnector: not available, keep it on a JVM worker (${file('java.jar')})`,
    )
    expect(log).toContain(`Java plugin ${FILE_SINK}: built in here (${file('java.jar')} is not needed)`)
    expect(log.split('Java plugin').length).toBe(3)
  })

  test('an unknown class that a jar has gets the text of the JVM and a hint in the header', async () => {
    const answer = await worker.fetch('/connectors', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'x', config: { name: 'x', 'connector.class': 'MongoSink', topics: 't' } }),
    })
    expect(answer.status).toBe(400)
    const { message } = (await answer.json()) as { message: string }
    expect(message).toStartWith(
      'Failed to find any class that implements Connector and which name matches MongoSink',
    )
    expect(answer.headers.get('x-bunnect-hint')).toBe(
      `io.example.MongoSinkConnector is a Java plugin (${file('java.jar')}), which is not available here: keep it on a JVM worker.`,
    )
  })

  test('a script that never returns is an error of its record', async () => {
    await pipeline(worker, 'loops', {
      transforms: 'loop',
      'transforms.loop.type': 'bunnect.Script',
      'transforms.loop.file': 'loop.ts',
      'errors.tolerance': 'all',
    })
    await until('the other lines to arrive', async () => (await lines()).length >= 2, 30_000)
    expect(await lines()).toEqual(['one', 'three'])
    for (const name of ['in', 'out']) await worker.fetch(`/connectors/${name}`, { method: 'DELETE' })
  }, 120_000)

  test('a plugin that changes is used by its connectors without a restart of the worker', async () => {
    await changes(worker, 'changes')
  }, 120_000)

  test('so is a script, also one further down; one that is broken goes on as it was', async () => {
    for (const name of ['in', 'out']) await worker.fetch(`/connectors/${name}`, { method: 'DELETE' })
    mkdirSync(file('scripts'))
    const script = file('scripts/tag.ts')
    writeFileSync(script, '({ value: "first " + record.value })')
    await pipeline(worker, 'scripted', {
      transforms: 's',
      'transforms.s.type': 'bunnect.Script',
      'transforms.s.file': 'scripts/tag.ts',
    })
    const next = async (value: string) => {
      const before = (await lines()).length
      appendFileSync(join(folder, 'scripted.txt'), `${value}\n`)
      await until('the next line', async () => (await lines()).length > before, 40_000)
      return (await lines()).at(-1)
    }
    await until('the first lines', async () => (await lines()).length >= 3, 40_000)
    // It is compared with what it was when it was seen for the first time, which nothing tells.
    const changes = async () => (await worker.log()).split(`${script} has changed`).length - 1
    let variant = -1
    await until(
      'it to be followed',
      async () => {
        if ((await changes()) > 0) return true
        writeFileSync(script, `({ value: "${++variant} " + record.value })`)
      },
      60_000,
      3000,
    )
    await until('the last of these to run', async () => (await next('more')) === `${variant} more`)
    const before = await changes()
    writeFileSync(script, '({ valu: 1 })')
    await until('the complaint', async () =>
      (await worker.log()).includes(
        `Connector in goes on with ${script} as it was: The script is not usable`,
      ),
    )
    expect(await next('four')).toBe(`${variant} four`)
    writeFileSync(script, '({ value: "second " + record.value })')
    await until('the restart', async () => (await changes()) > before)
    await worker.awaitState('in', 'RUNNING')
    expect(await next('five')).toBe('second five')
  }, 120_000)
})

describe('code in a configuration', () => {
  test('is refused whichever way it comes while scripts of files run', async () => {
    const secrets = join(folder, 'code.properties')
    const code = 'record => { throw new Error("it ran") }'
    writeFileSync(secrets, `code=${code}\nfile=${join(folder, 'outside.ts')}\n`)
    writeFileSync(join(folder, 'outside.ts'), code)
    writeFileSync(file('fine.ts'), 'record')
    const worker = await startWorker('bunnect', {
      bootstrap: 'embedded',
      worker: {
        ...keys,
        'config.providers': 'file',
        'config.providers.file.class': 'FileConfigProvider',
      },
    })
    try {
      writeFileSync(join(folder, 'refused.txt'), 'one\n')
      const config = (script: Record<string, string>) => ({
        name: 'refused',
        'connector.class': 'FileStreamSource',
        file: join(folder, 'refused.txt'),
        topic: 'refused',
        transforms: 's',
        'transforms.s.type': 'bunnect.Script',
        ...script,
      })
      const send = async (method: string, path: string, body: object) => {
        const headers = { 'content-type': 'application/json' }
        const answer = await worker.fetch(path, { method, headers, body: JSON.stringify(body) })
        return { status: answer.status, text: await answer.text() }
      }
      await worker.create(config({ 'transforms.s.file': 'fine.ts' }))
      const inline = 'This worker takes no code from configurations'
      const outside = 'does not lie below plugin.path'
      const ways: [Record<string, string>, string][] = [
        [{ 'transforms.s.code': code }, inline],
        [{ 'transforms.s.code': `\${file:${secrets}:code}` }, inline],
        [{ 'transforms.s.file': join(folder, 'outside.ts') }, outside],
        [{ 'transforms.s.file': '../outside.ts' }, outside],
        [{ 'transforms.s.file': `\${file:${secrets}:file}` }, outside],
        [
          {
            transforms: 'i',
            'transforms.i.type': 'Filter',
            'transforms.i.predicate': 'p',
            predicates: 'p',
            'predicates.p.type': 'bunnect.Script',
            'predicates.p.code': 'true',
          },
          inline,
        ],
      ]
      for (const [script, why] of ways) {
        const bad = config(script)
        const answers = [
          await send('POST', '/connectors', { name: 'new', config: { ...bad, name: 'new' } }),
          await send('PUT', '/connectors/refused/config', bad),
          await send('PUT', '/connector-plugins/FileStreamSource/config/validate', bad),
        ]
        expect(answers.map(({ status }) => status)).toEqual([400, 400, 200])
        for (const { text } of answers) expect(text).toContain(why)
        expect(answers[2]!.text).toContain('"error_count":1,')
      }
      const stored = (await (await worker.fetch('/connectors/refused/config')).json()) as object
      expect(stored).toEqual(config({ 'transforms.s.file': 'fine.ts' }))
      // A link that was turned round meanwhile is refused by the task itself.
      rmSync(file('fine.ts'))
      symlinkSync(join(folder, 'outside.ts'), file('fine.ts'))
      await worker.fetch('/connectors/refused/tasks/0/restart', { method: 'POST' })
      const trace = async () => (await worker.fetch('/connectors/refused/status')).text()
      await until('the task to fail', async () => (await trace()).includes(outside))
      expect(await worker.log()).not.toContain('it ran')
    } finally {
      rmSync(file('fine.ts'), { force: true })
      await worker.stop()
    }
  }, 120_000)

  test.each([
    ['runs where the worker allows it', 'true', 201, ''],
    ['is refused where it does not', undefined, 400, 'Class bunnect.Script could not be found.'],
  ])(
    '%s',
    async (_, inline, status, message) => {
      const worker = await startWorker('bunnect', {
        bootstrap: 'embedded',
        worker: { ...keys, 'plugin.path': undefined, 'bunnect.script.inline': inline },
      })
      try {
        writeFileSync(join(folder, 'inline.txt'), 'one\n')
        const config = {
          name: 'in',
          'connector.class': 'FileStreamSource',
          file: join(folder, 'inline.txt'),
          topic: 'inline',
          transforms: 's',
          'transforms.s.type': 'bunnect.Script',
          'transforms.s.code': '({ value: record.value.toUpperCase() })',
        }
        const answer = await worker.fetch('/connectors', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: 'in', config }),
        })
        expect(answer.status).toBe(status)
        expect(await answer.text()).toContain(message)
        if (status !== 201) {
          expect(answer.headers.get('x-bunnect-hint')).toContain('Scripts need a place')
          return
        }
        rmSync(output, { force: true })
        await worker.create({
          name: 'out',
          'connector.class': 'FileStreamSink',
          file: output,
          topics: 'inline',
        })
        await until('the line', async () => (await lines()).length > 0, 30_000)
        expect(await lines()).toEqual(['ONE'])
      } finally {
        await worker.stop()
      }
    },
    60_000,
  )
})

describe('with Kafka', () => {
  let broker: Pick<Broker, 'bootstrap' | 'stop'>
  let worker: ConnectWorker
  beforeAll(async () => {
    broker = await sharedBroker()
    writeFileSync(file('tag.ts'), tag('first'))
    worker = await startWorker('bunnect', { bootstrap: broker.bootstrap, worker: keys })
  })
  afterAll(async () => {
    await worker.stop()
    await broker.stop()
  })

  test('a plugin that changes is used by its connectors without a restart of the worker', async () => {
    await changes(worker, `changes-${process.pid}`)
  }, 120_000)
})
