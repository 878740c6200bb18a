/** Connector keys of our own: a JVM worker ignores them, so a configuration stays portable. */
import { type ConfigSpec, key } from '../keys.ts'
import { restartKeys } from '../restart-keys.ts'
import { invalidValue, type RawConfig } from '../validate.ts'
import { oneOf } from '../validators.ts'
import { type CheckedKey, checkedKey, checkedKeys, withoutNulls } from './checked-key.ts'
import { type ConnectorShape, repeatsPut } from './plugin-shape.ts'

export const BUNNECT_DLQ_TOPIC = 'bunnect.errors.deadletterqueue.topic.name'
const PUT = 'bunnect.errors.put'

/** Of sinks. */
export const bunnectSinkKeys = {
  [PUT]: key.string({
    doc: 'What happens when a put fails with an error that trying again does not mend: with none the task fails as in the JVM; isolate halves the batch until the bad record stands alone, which then follows errors.tolerance and the dead letter queue; 100 refused in a row with the same error fail the task. Needs a connector whose puts may be repeated.',
    importance: 'medium',
    default: 'none',
    validator: oneOf('none', 'isolate'),
  }),
} satisfies ConfigSpec

/** Of sources: the JVM has a dead letter queue for sinks only. */
export const bunnectSourceKeys = {
  [BUNNECT_DLQ_TOPIC]: key.string({
    doc: 'Topic for records of this source that a transformation or converter could not handle; nothing is kept if absent.',
    importance: 'medium',
    default: '',
  }),
  'bunnect.errors.deadletterqueue.topic.replication.factor': key.short({
    doc: 'Replication factor of that topic where it has to be created.',
    importance: 'medium',
    default: 3,
  }),
  'bunnect.errors.deadletterqueue.context.headers.enable': key.boolean({
    doc: 'Whether records in that topic carry headers that tell what went wrong, as those of a sink do.',
    importance: 'medium',
    default: false,
  }),
} satisfies ConfigSpec

/** Entries for what is wrong only: answers about a configuration without mistakes are the JVM's. */
export function bunnectKeyProblems(config: RawConfig, plugin: ConnectorShape): CheckedKey[] {
  const [own, other] =
    plugin.kind === 'sink' ? [bunnectSinkKeys, bunnectSourceKeys] : [bunnectSourceKeys, bunnectSinkKeys]
  const given = (name: string) => typeof config[name] === 'string'
  const checked = checkedKeys({ ...own, ...restartKeys }, config).filter(({ name }) => given(name))
  const put = checked.find(({ name }) => name === PUT)
  if (put?.value === 'isolate' && !repeatsPut(plugin, withoutNulls(config))) {
    put.errors.push(
      invalidValue(
        PUT,
        'isolate',
        `${plugin.className} does not declare that its puts may be repeated, so batches cannot be cut`,
      ),
    )
    put.hint = 'Remove the key, or set it to none.'
  }
  const misplaced = Object.keys(other).flatMap(name =>
    given(name) ? [checkedKey(name, null, config[name]!, [misplacedKey(name, config[name]!, plugin)])] : [],
  )
  return [...checked, ...misplaced].filter(({ errors }) => errors.length > 0)
}

function misplacedKey(name: string, value: string, { kind }: ConnectorShape): string {
  const why =
    kind === 'sink'
      ? `The key is for sources: a sink has ${name.slice('bunnect.'.length)}`
      : 'The key is for sinks: remove it'
  return invalidValue(name, value, why)
}
