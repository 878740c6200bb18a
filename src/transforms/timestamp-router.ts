import { key } from '../config/keys.ts'
import { DataException } from '../data/errors.ts'
import { JavaDateFormat } from '../data/java-date-format.ts'
import { NullPointerException } from '../data/java-errors.ts'
import { transformation } from '../sdk/plugin.ts'
import { rerouted } from './rerouted.ts'

const TOPIC = '$' + '{topic}'
const TIMESTAMP = '$' + '{timestamp}'

/** Puts the record's timestamp into its topic. Java: org.apache.kafka.connect.transforms.TimestampRouter */
export const timestampRouter = transformation({
  className: 'org.apache.kafka.connect.transforms.TimestampRouter',
  version: '4.3.1',
  doc: "Update the record's topic field as a function of the original topic value and the record timestamp.<p/>This is mainly useful for sink connectors, since the topic field is often used to determine the equivalent entity name in the destination system(e.g. database table or search index name).",
  config: {
    'topic.format': key.string({
      default: `${TOPIC}-${TIMESTAMP}`,
      importance: 'high',
      doc: 'Format string which can contain <code>${topic}</code> and <code>${timestamp}</code> as placeholders for the topic and timestamp, respectively.',
    }),
    'timestamp.format': key.string({
      default: 'yyyyMMdd',
      importance: 'high',
      doc: 'Format string for the timestamp that is compatible with <code>java.text.SimpleDateFormat</code>.',
    }),
  },
  create(config) {
    const topicFormat = config['topic.format']
    let format: JavaDateFormat | undefined
    return {
      apply(record) {
        const { topic, timestamp } = record
        if (timestamp === null) throw new DataException(`Timestamp missing on record: ${record}`)
        // As in Java a faulty pattern is found out by the first record.
        format ??= new JavaDateFormat(config['timestamp.format'])
        const formatted = format.format(timestamp)
        if (topic === null)
          throw new NullPointerException('Cannot invoke "String.indexOf(int)" because "s" is null')
        return rerouted(
          record,
          topicFormat.replaceAll(TOPIC, () => topic).replaceAll(TIMESTAMP, () => formatted),
        )
      },
    }
  },
})
