/**
 * Connectors that do at one place what they must not: `fault` names it, as `place:what`. In all other places they
 * move numbered records.
 */
import {
  type Config,
  key,
  type SinkRecord,
  SourceRecord,
  sinkConnector,
  sourceConnector,
  transformation,
} from 'bunnect'

const keys = {
  fault: key.string({ default: '', importance: 'low', doc: 'What to do wrong, and where.' }),
  topic: key.string({ default: '', importance: 'low', doc: 'Where a source writes.' }),
  after: key.int({ default: 0, importance: 'low', doc: 'How many calls go well before.' }),
}

function misbehave(what: string): void | Promise<void> {
  switch (what) {
    case 'loop':
      for (;;);
    case 'sleep':
      Bun.sleepSync(3_600_000)
      break
    case 'loop-later':
      return Bun.sleep(20).then(() => {
        for (;;);
      })
    case 'allocate': {
      const kept: Uint8Array[] = []
      for (;;) kept.push(new Uint8Array(16 * 1024 * 1024).fill(1))
    }
    case 'exit':
      process.exit(3)
      break
    case 'exit-later':
      setTimeout(() => process.exit(4), 20)
      break
    case 'abort':
      process.abort()
      break
    case 'kill-self':
      process.kill(process.pid, 'SIGKILL')
      break
    case 'throw-later':
      setTimeout(() => {
        throw new Error('thrown by a timer')
      }, 20)
      break
    case 'reject':
      void Promise.reject(new Error('rejected by nobody'))
      break
    case 'hang':
      return new Promise<void>(() => {})
    case 'print':
      for (let i = 0; i < 20; i++) process.stdout.write(`printed line ${i}\n`)
      console.log('written to the %s', 'console')
      process.stderr.write('a complaint\n')
      break
    case 'talk':
      for (let i = 0; i < 200; i++) console.log('x')
      break
    case 'talk-much':
      for (let i = 0; i < 300_000; i++) console.log('x')
      break
    case 'print-much':
      for (let i = 0; i < 200_000; i++) process.stdout.write(`noise ${i} ${'x'.repeat(80)}\n`)
      break
  }
}

/** Does the fault when `place` is the one that is configured. */
function faultOf(fault: string, after: number) {
  const [wrong, what] = fault.split(':')
  let calls = 0
  return (place: string): void | Promise<void> => {
    if (wrong === place && calls++ >= after) return misbehave(what!)
  }
}

interface Settings {
  readonly fault: string
  readonly topic: string
  readonly after: number
}

export const source = sourceConnector({
  className: 'test.hosts.BadSource',
  taskClassName: 'test.hosts.BadSourceTask',
  version: '1.0',
  config: keys,
  start: (config: Settings) => faultOf(config.fault, config.after)('connector-start'),
  stop: (config: Settings) => faultOf(config.fault, config.after)('connector-stop'),
  async taskConfigs(config: Settings, max: number, props: Config) {
    await faultOf(config.fault, config.after)('taskConfigs')
    return Array.from({ length: max }, () => ({ ...props }))
  },
  validate(config: Config) {
    void faultOf(config['fault'] ?? '', 0)('validate')
    return config['fault'] === 'refuse' ? [{ key: 'fault', message: 'fault must not be refuse' }] : []
  },
  task(config: Settings, context) {
    const fault = faultOf(config.fault, config.after)
    let next = 0
    const partition = { task: String(context.task) }
    return {
      async start() {
        const stored = await context.offsets.offset(partition)
        next = stored === null ? 0 : Number(stored['next'])
        await fault('start')
      },
      async poll() {
        await fault('poll')
        await Bun.sleep(20)
        return Array.from({ length: 10 }, () => {
          next++
          const value = `${context.task}-${next}`
          return new SourceRecord(partition, { next }, config.topic, null, null, null, null, value)
        })
      },
      async stop() {
        await fault('stop')
      },
    }
  },
})

export const sink = sinkConnector({
  className: 'test.hosts.BadSink',
  taskClassName: 'test.hosts.BadSinkTask',
  version: '1.0',
  config: keys,
  task(config: Settings) {
    const fault = faultOf(config.fault, config.after)
    return {
      start: () => fault('start'),
      async put(records: SinkRecord[]) {
        if (records.length > 0) await fault('put')
      },
      flush: () => fault('flush'),
    }
  },
})

export const transform = transformation({
  className: 'test.hosts.BadTransform',
  version: '1.0',
  config: { what: key.string({ default: '', importance: 'low', doc: 'What to do wrong.' }) },
  create({ what }) {
    return {
      apply(record) {
        if (what !== '') void misbehave(what)
        return record
      },
    }
  },
})
