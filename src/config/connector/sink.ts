import { key } from '../keys.ts'
import { validRegex } from '../valid-regex.ts'
import { noDuplicates } from '../validators.ts'

/** Java: org.apache.kafka.connect.runtime.SinkConnectorConfig */
export const sinkKeys = {
  topics: key.list({
    doc: 'List of topics to consume, separated by commas',
    importance: 'high',
    default: [],
    validator: noDuplicates({ empty: true, null: false }),
    group: 'Common',
    orderInGroup: 4,
    width: 'long',
    displayName: 'Topics',
  }),
  'topics.regex': key.string({
    doc: 'Regular expression giving topics to consume. Under the hood, the regex is compiled to a <code>java.util.regex.Pattern</code>. Only one of topics or topics.regex should be specified.',
    importance: 'high',
    default: '',
    validator: validRegex,
    group: 'Common',
    orderInGroup: 4,
    width: 'long',
    displayName: 'Topics regex',
  }),
  'errors.deadletterqueue.topic.name': key.string({
    doc: 'The name of the topic to be used as the dead letter queue (DLQ) for messages that result in an error when processed by this sink connector, or its transformations or converters. The topic name is blank by default, which means that no messages are to be recorded in the DLQ.',
    importance: 'medium',
    default: '',
    group: 'Error Handling',
    orderInGroup: 6,
    width: 'medium',
    displayName: 'Dead Letter Queue Topic Name',
  }),
  'errors.deadletterqueue.topic.replication.factor': key.short({
    doc: "Replication factor used to create the dead letter queue topic when it doesn't already exist.",
    importance: 'medium',
    default: 3,
    group: 'Error Handling',
    orderInGroup: 7,
    width: 'medium',
    displayName: 'Dead Letter Queue Topic Replication Factor',
  }),
  'errors.deadletterqueue.context.headers.enable': key.boolean({
    doc: 'If true, add headers containing error context to the messages written to the dead letter queue. To avoid clashing with headers from the original record, all error context header keys, all error context header keys will start with <code>__connect.errors.</code>',
    importance: 'medium',
    default: false,
    group: 'Error Handling',
    orderInGroup: 8,
    width: 'medium',
    displayName: 'Enable Error Context Headers',
  }),
}
