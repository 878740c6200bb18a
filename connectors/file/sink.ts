import { key, sinkConnector } from '#bunnect'
import { FileStreamSinkTask } from './sink-task.ts'
import { VERSION } from './version.ts'

/** Appends every record's value as a line. Java: org.apache.kafka.connect.file.FileStreamSinkConnector */
export const fileStreamSink = sinkConnector({
  className: 'org.apache.kafka.connect.file.FileStreamSinkConnector',
  taskClassName: 'org.apache.kafka.connect.file.FileStreamSinkTask',
  version: VERSION,
  doc: 'Appends the value of each record as a line to a file.',
  config: {
    file: key.string({
      optional: true,
      importance: 'high',
      doc: 'Destination filename. If not specified, the standard output will be used',
    }),
  },
  usesTerminal: ({ file }) => file === undefined,
  // All tasks append to the one file.
  taskConfigs: (_config, maxTasks, props) => Array.from({ length: maxTasks }, () => ({ ...props })),
  task: ({ file }, context) => new FileStreamSinkTask(file, context),
  alterOffsets: () => true,
})
