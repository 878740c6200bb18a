import { key } from '../keys.ts'
import { restartKeys } from '../restart-keys.ts'
import { atLeast, between, notNegativeIfGiven, oneOf } from '../validators.ts'

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
  'bunnect.rest.compat': key.string({
    doc: 'Which HTTP status answers a mistake of the client: corrected gives 4xx where Kafka Connect answers 500 (a body that is no JSON, validation of an unknown plugin and the like), strict gives what Kafka Connect gives.',
    importance: 'low',
    default: 'corrected',
    validator: oneOf('corrected', 'strict'),
  }),
  'bunnect.rest.hold.ms': key.long({
    doc: 'How long a request that cannot be carried out during a rebalance waits for its end, before it is answered with 409 as by Kafka Connect; 0 is not at all. With bunnect.rest.compat=strict none waits.',
    importance: 'low',
    default: 15_000,
    validator: between(0, 120_000),
  }),
  'bunnect.task.hosts': key.int({
    doc: 'How many child processes at most run connectors and tasks; 0 is none, everything in the worker itself. Unset: plugins that are not built in get one a core at most, what is built in runs in the worker itself. The embedded log needs everything in the worker itself.',
    importance: 'medium',
    default: null,
    validator: notNegativeIfGiven,
  }),
  'bunnect.task.host.memory.max.bytes': key.long({
    doc: 'A task host whose resident memory passes this is killed: its tasks fail with that reason.',
    importance: 'low',
    default: 2_147_483_648,
    validator: atLeast(67_108_864),
  }),
  'bunnect.task.host.timeout.ms': key.long({
    doc: 'How long a task host may be silent while it is in the code of a plugin that does not return; then it is killed and what it was in fails.',
    importance: 'low',
    default: 10_000,
    validator: atLeast(100),
  }),
  'bunnect.plugin.timeout.ms': key.long({
    doc: "How long one call of a connector's start, stop, validate and taskConfigs and of a task's start may take in a task host. A call that takes longer fails; a host that does not even answer is killed.",
    importance: 'low',
    default: 60_000,
    validator: atLeast(100),
  }),
  'bunnect.producer.idle.close.ms': key.long({
    doc: 'A producer of a source task or of a dead letter queue that has sent nothing for so long is closed, which gives its threads, connections and buffers back; the next record opens it again. -1 is never.',
    importance: 'low',
    default: 30_000,
    validator: atLeast(-1),
  }),
  'bunnect.transform.timeout.ms': key.long({
    doc: 'How long a transformation or predicate that is not built in may take for one record; then that is an error of the record.',
    importance: 'low',
    default: 10_000,
    validator: atLeast(1),
  }),
  'bunnect.metrics': key.boolean({
    doc: 'Whether tasks are measured and /metrics answers. Measuring costs less than the noise of a benchmark; false is for telling that apart.',
    importance: 'low',
    default: true,
  }),
  ...restartKeys,
  'bunnect.join.unsupported': key.string({
    doc: 'What a distributed worker does before it joins its group when it lacks a class (connector, converter, transformation, predicate, config provider) that a connector of the group needs: fail lists connector, key and class and ends the worker with code 2, allow joins and leaves such connectors to other workers.',
    importance: 'medium',
    default: 'fail',
    validator: oneOf('fail', 'allow'),
  }),
  'bunnect.script.inline': key.boolean({
    doc: 'Whether connector configurations may bring code of their own (`transforms.x.code`). Who may write configurations then runs code with the rights of this worker.',
    importance: 'medium',
    default: false,
  }),
}
