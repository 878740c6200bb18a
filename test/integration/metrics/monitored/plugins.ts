/** Plugins of every kind that measure themselves. */
import {
  type ConnectRecord,
  converter,
  key,
  type PluginMetrics,
  predicate,
  SourceRecord,
  sourceConnector,
  transformation,
} from 'bunnect'

const KEYS = { topic: key.string({ doc: 'The topic.', importance: 'high' }) }

/** Writes three records. Its metrics are a gauge of the connector's, and a sensor of the task's. */
export const source = sourceConnector({
  className: 'test.monitored.Source',
  taskClassName: 'test.monitored.SourceTask',
  version: '1',
  config: KEYS,
  start(_, context) {
    context.pluginMetrics().addMetric({ name: 'tables', doc: 'Tables that are followed.' }, () => 7)
  },
  task: ({ topic }, context) => {
    const metrics = context.pluginMetrics()
    const reads = metrics.addSensor('reads', {
      total: { name: 'read-total', doc: 'Rows read.', tags: { table: 'a "b"\n' } },
      max: { name: 'read-max', tags: { table: 'a "b"\n' } },
    })
    metrics.addMetric({ name: 'broken' }, () => {
      throw new Error('no number')
    })
    let left = 3
    return {
      async poll() {
        if (left === 0) {
          await Bun.sleep(20)
          return null
        }
        reads.record(left--)
        return [new SourceRecord({ p: 1 }, { left }, topic, null, null, null, null, `v${left}`)]
      },
    }
  },
})

const counted = (metrics: PluginMetrics) => {
  const sensor = metrics.addSensor('calls', { count: { name: 'call-total', doc: 'Calls.' } })
  return () => sensor.record(1)
}

export const transform = transformation({
  className: 'test.monitored.Transform',
  version: '1',
  config: {},
  create: () => {
    let call = () => {}
    return {
      withPluginMetrics(metrics) {
        call = counted(metrics)
      },
      apply<R extends ConnectRecord>(record: R): R {
        call()
        return record
      },
    }
  },
})

export const always = predicate({
  className: 'test.monitored.Always',
  version: '1',
  config: {},
  create: () => {
    let call = () => {}
    return {
      withPluginMetrics(metrics) {
        call = counted(metrics)
      },
      test: () => {
        call()
        return true
      },
    }
  },
})

export const text = converter({
  className: 'test.monitored.Text',
  version: '1',
  config: {},
  converter: () => {
    let call = () => {}
    return {
      withPluginMetrics(metrics) {
        call = counted(metrics)
      },
      serialize(_topic, _schema, value, out) {
        call()
        out.putUtf8(String(value))
      },
      deserialize() {
        throw new Error('only for sources')
      },
    }
  },
})
