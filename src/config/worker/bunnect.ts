import { key } from '../keys.ts'
import { atLeast } from '../validators.ts'

/** Our own keys: a JVM worker ignores them, so a file stays portable. */
export const bunnectKeys = {
  'bunnect.data.dir': key.string({
    doc: 'Folder of everything that this worker keeps itself: the embedded log and its consumer offsets. Created when it is first needed.',
    importance: 'medium',
    default: 'bunnect-data',
  }),
  'bunnect.embedded.retention.ms': key.long({
    doc: 'How long the embedded log keeps a record that every group has read; -1 is for ever.',
    importance: 'low',
    default: 604_800_000,
    validator: atLeast(-1),
  }),
  'bunnect.embedded.retention.bytes': key.long({
    doc: 'How many bytes a partition of the embedded log keeps; -1 is without limit.',
    importance: 'low',
    default: -1,
    validator: atLeast(-1),
  }),
  'bunnect.embedded.retention.force': key.boolean({
    doc: 'Whether retention may delete records of the embedded log that some group has still to read.',
    importance: 'low',
    default: false,
  }),
  'bunnect.embedded.retention.check.interval.ms': key.long({
    doc: 'How often the embedded log looks for what may be deleted.',
    importance: 'low',
    default: 60_000,
    validator: atLeast(1),
  }),
}
