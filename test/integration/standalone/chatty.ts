import { key } from '../../../src/config/keys.ts'
import { DataException } from '../../../src/data/errors.ts'
import { SourceRecord } from '../../../src/data/records.ts'
import { STRING_SCHEMA } from '../../../src/data/schema.ts'
import { type Config, sinkConnector, sourceConnector, transformation } from '../../../src/sdk/plugin.ts'

export type Where = 'start' | 'taskConfigs' | 'task start' | 'poll' | 'raise' | 'log' | 'validate' | ''

const chattyKeys = {
  where: key.string({ default: '', doc: 'Where to talk.', importance: 'low' }),
  secret: key.string({ default: '', doc: 'What to say.', importance: 'low' }),
  number: key.int({ default: 1, doc: 'Any number.', importance: 'low' }),
  password: key.password({ optional: true, doc: 'What not to say.', importance: 'low' }),
}
/** Says what it was configured with wherever it can. */
const say = (where: Where, { where: wanted, secret, password }: Config) => {
  if (wanted === where) throw new DataException(`cannot use ${secret} with ${password}`)
}
export const chatty = sourceConnector({
  className: 'test.ChattySourceConnector',
  taskClassName: 'test.ChattySourceTask',
  version: '1',
  config: chattyKeys,
  validate: config =>
    config['where'] === 'validate' ? [{ key: 'secret', message: `no use for ${config['secret']}` }] : [],
  start(_, context) {
    const { props } = seen
    say('start', props)
    if (props['where'] === 'log') context.log.warn(`it is ${props['secret']} and ${props['password']}`)
    if (props['where'] === 'raise') context.raiseError(new Error(`raised ${props['secret']}`))
  },
  taskConfigs(_, _max, props) {
    say('taskConfigs', props)
    return [{ ...props, again: props['secret'] ?? '', 'in.a.text': `=${props['secret']}=` }]
  },
  task: (_, { configs, log }) => {
    let n = 0
    return {
      start: () => say('task start', configs()),
      async poll() {
        say('poll', configs())
        if (configs()['where'] === 'log')
          log.error(`task of ${configs()['secret']}`, `at ${configs()['secret']}`)
        if (n > 0) await Bun.sleep(10)
        if (n > 0) return null
        return [1, 2].map(
          offset =>
            new SourceRecord({ p: 1 }, { o: offset }, 'chat', null, null, null, STRING_SCHEMA, `v${++n}`),
        )
      },
    }
  },
})
/** `start` is not given the raw configuration. */
export const seen: { props: Config } = { props: {} }

export const grumpy = sinkConnector({
  className: 'test.GrumpySinkConnector',
  taskClassName: 'test.GrumpySinkTask',
  version: '1',
  config: chattyKeys,
  task: (_, context) => ({
    async put(records) {
      const reporter = context.errantRecordReporter()
      for (const record of records) {
        const error = new Error(`put of ${context.configs()['secret']}`)
        if (reporter === null) throw error
        await reporter.report(record, error)
      }
    },
  }),
})
export const tattling = transformation({
  className: 'test.Tattling',
  version: '1',
  config: { secret: key.string({ doc: 'What to say.', importance: 'low' }) },
  create: ({ secret }) => ({
    apply() {
      throw new DataException(`transforming with ${secret}`, { cause: new Error(`because of ${secret}`) })
    },
  }),
})
