import { afterEach, beforeEach, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { key } from '../../../src/config/keys.ts'
import { forgetSecrets } from '../../../src/observe/secrets.ts'
import { type Config, type ConfigProviderPlugin, sourceConnector } from '../../../src/sdk/plugin.ts'
import { Place, until } from './support.ts'

/** What the connector and its tasks were given, start by start. */
let started: Config[] = []
let tasks: Config[] = []

const witness = sourceConnector({
  className: 'test.WitnessSourceConnector',
  taskClassName: 'test.WitnessSourceTask',
  version: '1',
  config: { url: key.string({ doc: 'Anything.', importance: 'low' }) },
  start({ url }) {
    started.push({ url })
  },
  taskConfigs: (_, max, props) =>
    Array.from({ length: max }, (_, n) => ({
      ...props,
      n: String(n),
      copy: props['url']!,
      wrapped: `<${props['url']}>`,
    })),
  task: (_, context) => {
    tasks.push(context.configs())
    return {
      async poll() {
        await Bun.sleep(10)
        return null
      },
    }
  },
})

let leases = 0
/** Gives a new value each time, good for as long as the test says. */
let ttl: number | undefined
let away = false
const leasing: ConfigProviderPlugin = {
  kind: 'config-provider',
  className: 'test.LeasingConfigProvider',
  version: '1',
  create: () => ({
    get: (path, keys) => {
      if (away) throw new Error('the vault is sealed')
      return {
        data: Object.fromEntries([...keys!].map(name => [name, `lease-${++leases}-of-${path}`])),
        ...(ttl !== undefined && { ttl }),
      }
    },
  }),
}

let place: Place
beforeEach(() => {
  place = new Place()
  started = []
  tasks = []
  leases = 0
  ttl = undefined
  away = false
})
afterEach(async () => {
  await place.close()
  forgetSecrets()
})

const start = () =>
  place.start(
    {
      'config.providers': 'file,lease',
      'config.providers.file.class': 'FileConfigProvider',
      'config.providers.lease.class': 'Leasing',
    },
    [witness],
    undefined,
    { configProviders: [leasing] },
  )
const secretsFile = () => place.path('secrets.properties')
const config = (more: Record<string, string> = {}) => ({
  'connector.class': 'WitnessSource',
  name: 'c',
  url: `db://\${file:${secretsFile()}:password}@host`,
  ...more,
})

test('plugins get values; what is stored and shown keeps references, also where a plugin copied a value to', async () => {
  writeFileSync(secretsFile(), 'password=correct horse\n')
  const { herder } = await start()
  const created = await herder.putConnector('c', config(), { replace: false })
  await place.state('c', 'RUNNING', 'RUNNING')
  const url = 'db://correct horse@host'
  expect(started).toEqual([{ url }])
  expect(tasks).toMatchObject([{ url, copy: url, wrapped: `<${url}>` }])
  const reference = config().url
  expect(created.info.config).toEqual(config())
  expect(await herder.connectorConfig('c')).toEqual(config())
  expect((await herder.taskConfigs('c')).map(task => task.config)).toEqual([
    {
      ...config(),
      n: '0',
      copy: reference,
      wrapped: `<${reference}>`,
      'task.class': 'test.WitnessSourceTask',
    },
  ])
})

test('a restart reads values anew, and a changed one restarts the tasks', async () => {
  writeFileSync(secretsFile(), 'password=old one\n')
  const { herder } = await start()
  await herder.putConnector('c', config({ 'tasks.max': '2' }), { replace: false })
  await place.state('c', 'RUNNING', 'RUNNING', 'RUNNING')
  await herder.restartConnector('c')
  await place.state('c', 'RUNNING', 'RUNNING', 'RUNNING')
  expect(tasks).toHaveLength(2)
  writeFileSync(secretsFile(), 'password=new one\n')
  await herder.restartConnector('c')
  await until('the tasks to be new', () => tasks.length === 4)
  expect(tasks.map(task => task['url'])).toEqual([
    'db://old one@host',
    'db://old one@host',
    'db://new one@host',
    'db://new one@host',
  ])
  writeFileSync(secretsFile(), 'password=newest\n')
  await herder.restartTask('c', 1)
  await until('the task to be new', () => tasks.length === 5)
  expect(tasks[4]).toMatchObject({ url: 'db://newest@host', n: '1' })
})

test('a value that has expired restarts its connector; config.action.reload=none, and delete, leave it alone', async () => {
  const { herder } = await start()
  ttl = 40
  await herder.putConnector('c', config({ url: '${lease:p:k}' }), { replace: false })
  await until('some restarts', () => started.length >= 3 && tasks.length >= 3)
  expect(place.logged.join('')).toContain('Scheduling a restart of connector c in 40 ms')
  expect(new Set(started.map(({ url }) => url)).size).toBe(started.length)
  await herder.deleteConnector('c')
  const calm = { url: '${lease:p:k}', 'config.action.reload': 'none', name: 'calm' }
  await herder.putConnector('calm', config(calm), { replace: false })
  await place.state('calm', 'RUNNING', 'RUNNING')
  expect(place.logged.join('')).not.toContain('Scheduling a restart of connector calm')
  const deleted = started.length
  await herder.restartConnector('calm') // Behind whatever the deleted one had scheduled.
  expect(started).toHaveLength(deleted + 1)
})

test('a provider that is away when a value expires: the connector runs on, and gets a new one later', async () => {
  const { herder } = await start()
  ttl = 100
  await herder.putConnector('c', config({ url: '${lease:db:url}' }), { replace: false })
  await place.state('c', 'RUNNING', 'RUNNING')
  away = true
  await until('a failed restart', () =>
    place.logged.some(line => line.includes('error during connector restart')),
  )
  await place.state('c', 'RUNNING', 'RUNNING')
  const before = started.length
  away = false
  await until('a new value', () => started.length > before)
  await place.state('c', 'RUNNING', 'RUNNING')
})

test('a provider that fails: 500 with its text for create, restart and task restart', async () => {
  writeFileSync(secretsFile(), 'password=correct horse\n')
  const { herder } = await start()
  const nowhere = config({ url: '${file:/nowhere/x.properties:k}', name: 'x' })
  const refusal = {
    status: 500,
    message: 'Could not read properties from file /nowhere/x.properties',
    hint: "Config provider 'file' was asked for k at /nowhere/x.properties. The worker must be able to read it: ENOENT.",
  }
  await expect(herder.putConnector('x', nowhere, { replace: false })).rejects.toMatchObject(refusal)
  expect(await herder.connectors()).toEqual([])
  const validation = herder.validateConfig('WitnessSource', nowhere)
  await expect(validation).rejects.toMatchObject({
    status: 500,
    message: `org.apache.kafka.common.config.ConfigException: ${refusal.message}`,
  })

  await herder.putConnector('c', config(), { replace: false })
  await place.state('c', 'RUNNING', 'RUNNING')
  await Bun.file(secretsFile()).delete()
  const message = `Could not read properties from file ${secretsFile()}`
  await expect(herder.restartTask('c', 0)).rejects.toMatchObject({ status: 500, message })
  await place.state('c', 'RUNNING', 'RUNNING')
  expect(tasks).toHaveLength(1)
  await expect(herder.restartConnector('c')).rejects.toMatchObject({ status: 500, message })
  await place.state('c', 'RUNNING', 'RUNNING')
  await herder.restartConnectorAndTasks('c', { includeTasks: true, onlyFailed: false })
  await place.state('c', 'FAILED', 'FAILED')
  const status = await herder.connectorStatus('c')
  expect(status.connector.trace).toStartWith(`org.apache.kafka.common.config.ConfigException: ${message}\n`)
  writeFileSync(secretsFile(), 'password=correct horse\n')
  await herder.restartConnectorAndTasks('c', { includeTasks: true, onlyFailed: true })
  await place.state('c', 'RUNNING', 'RUNNING')
})

test('validation looks at values and shows references', async () => {
  writeFileSync(secretsFile(), 'password=no number\nclass=WitnessSource\n')
  const { herder } = await start()
  const { infos } = await herder.validateConfig(
    'WitnessSource',
    config({
      'connector.class': 'WitnessSource',
      'tasks.max': `\${file:${secretsFile()}:password}`,
      'producer.override.sasl.jaas.config': `x \${file:${secretsFile()}:password}`,
    }),
  )
  const shown = new Map(infos.configs.map(({ value }) => [value.name, value]))
  expect(infos.error_count).toBe(2)
  expect(shown.get('tasks.max')).toMatchObject({
    value: null,
    errors: [
      'Invalid value [hidden] for configuration tasks.max: Not a number of type INT',
      'Invalid value null for configuration tasks.max: Value must be non-null',
    ],
  })
  expect(shown.get('url')).toMatchObject({ value: config().url, errors: [] })
  expect(shown.get('producer.override.sasl.jaas.config')!.value).toBe('[hidden]')
})
