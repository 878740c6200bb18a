import { ConnectException, key, nonEmptyString, type OffsetMap, sourceConnector } from '#bunnect'
import { FileStreamSourceTask } from './source-task.ts'
import { VERSION } from './version.ts'

/** Sends every line of a file, or of standard input. Java: org.apache.kafka.connect.file.FileStreamSourceConnector */
export const fileStreamSource = sourceConnector({
  className: 'org.apache.kafka.connect.file.FileStreamSourceConnector',
  taskClassName: 'org.apache.kafka.connect.file.FileStreamSourceTask',
  version: VERSION,
  doc: 'Follows a text file and sends each line as a record.',
  config: {
    file: key.string({
      optional: true,
      importance: 'high',
      doc: 'Source filename. If not specified, the standard input will be used',
    }),
    topic: key.string({
      importance: 'high',
      doc: 'The topic to publish data to',
      validator: nonEmptyString,
    }),
    'batch.size': key.int({
      default: 2000,
      importance: 'low',
      doc: 'The maximum number of records the source task can read from the file each time it is polled',
    }),
  },
  usesTerminal: ({ file }) => file === undefined,
  task: (config, context) =>
    new FileStreamSourceTask(
      { file: config.file, topic: config.topic, batchSize: config['batch.size'] },
      context,
    ),
  exactlyOnceSupport: ({ file }) => (file ? 'SUPPORTED' : 'UNSUPPORTED'),
  alterOffsets({ file }, offsets) {
    if (!file) {
      throw new ConnectException(
        "Offsets cannot be modified if the 'file' configuration is unspecified. " +
          'This is because stdin is used for input and offsets are not tracked.',
      )
    }
    for (const { partition, offset } of offsets) {
      // Any partition may be forgotten: that is how garbage is cleaned up.
      if (offset === null) continue
      checkOffset(offset)
      if (partition === null) throw new ConnectException('Partition objects cannot be null')
      if (!('filename' in partition)) {
        throw new ConnectException("Partition objects should contain the key 'filename'")
      }
    }
    return true
  },
})

function checkOffset(offset: OffsetMap): void {
  if (!('position' in offset)) {
    throw new ConnectException("Offset objects should either be null or contain the key 'position'")
  }
  const { position } = offset
  if (typeof position !== 'bigint' && !Number.isSafeInteger(position)) {
    throw new ConnectException(
      "The value for the 'position' key in the offset is expected to be a Long value",
    )
  }
  if (Number(position) < 0) {
    throw new ConnectException(
      "The value for the 'position' key in the offset should be a non-negative value",
    )
  }
}
