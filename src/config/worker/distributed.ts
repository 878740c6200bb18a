import { key } from '../keys.ts'
import { atLeast, between, oneOfIgnoringCase, partitionCount, replicationFactor } from '../validators.ts'
import { connectProtocol, keyAlgorithm, macAlgorithm, macAlgorithms } from './algorithms.ts'
import { sharedClientKeys } from './shared-client.ts'

/** Java: org.apache.kafka.connect.runtime.distributed.DistributedConfig */
export const distributedKeys = {
  'group.id': key.string({
    doc: 'A unique string that identifies the Connect cluster group this worker belongs to.',
    importance: 'high',
  }),
  'session.timeout.ms': key.int({
    doc: 'The timeout used to detect worker failures. The worker sends periodic heartbeats to indicate its liveness to the broker. If no heartbeats are received by the broker before the expiration of this session timeout, then the broker will remove the worker from the group and initiate a rebalance. Note that the value must be in the allowable range as configured in the broker configuration by <code>group.min.session.timeout.ms</code> and <code>group.max.session.timeout.ms</code>.',
    importance: 'high',
    default: 10000,
  }),
  'rebalance.timeout.ms': key.int({
    doc: 'The maximum allowed time for each worker to join the group once a rebalance has begun. This is basically a limit on the amount of time needed for all tasks to flush any pending data and commit offsets. If the timeout is exceeded, then the worker will be removed from the group, which will cause offset commit failures.',
    importance: 'high',
    default: 60000,
  }),
  'heartbeat.interval.ms': key.int({
    doc: "The expected time between heartbeats to the group coordinator when using Kafka's group management facilities. Heartbeats are used to ensure that the worker's session stays active and to facilitate rebalancing when new members join or leave the group. The value must be set lower than <code>session.timeout.ms</code>, but typically should be set no higher than 1/3 of that value. It can be adjusted even lower to control the expected time for normal rebalances.",
    importance: 'high',
    default: 3000,
  }),
  'exactly.once.source.support': key.string({
    doc: "Whether to enable exactly-once support for source connectors in the cluster by using transactions to write source records and their source offsets, and by proactively fencing out old task generations before bringing up new ones.\nTo enable exactly-once source support on a new cluster, set this property to 'enabled'. To enable support on an existing cluster, first set to 'preparing' on every worker in the cluster, then set to 'enabled'. A rolling upgrade may be used for both changes. For more information on this feature, see the <a href=\"https://kafka.apache.org/documentation.html#connect_exactlyoncesource\">exactly-once source support documentation</a>.",
    importance: 'high',
    default: 'disabled',
    validator: oneOfIgnoringCase('DISABLED', 'ENABLED', 'PREPARING'),
  }),
  'metadata.max.age.ms': sharedClientKeys['metadata.max.age.ms'],
  'client.id': key.string({
    doc: 'An id string to pass to the server when making requests. The purpose of this is to be able to track the source of requests beyond just ip/port by allowing a logical application name to be included in server-side request logging.',
    importance: 'low',
    default: '',
  }),
  'send.buffer.bytes': sharedClientKeys['send.buffer.bytes'],
  'receive.buffer.bytes': key.int({
    doc: 'The size of the TCP receive buffer (SO_RCVBUF) to use when reading data. If the value is -1, the OS default will be used.',
    importance: 'medium',
    default: 32768,
    validator: atLeast(-1),
  }),
  'reconnect.backoff.ms': sharedClientKeys['reconnect.backoff.ms'],
  'reconnect.backoff.max.ms': sharedClientKeys['reconnect.backoff.max.ms'],
  'socket.connection.setup.timeout.ms': key.long({
    doc: 'The amount of time the client will wait for the socket connection to be established. If the connection is not built before the timeout elapses, clients will close the socket channel. This value is the initial backoff value and will increase exponentially for each consecutive connection failure, up to the <code>socket.connection.setup.timeout.max.ms</code> value.',
    importance: 'low',
    default: 10000,
    validator: atLeast(0),
  }),
  'socket.connection.setup.timeout.max.ms': key.long({
    doc: 'The maximum amount of time the client will wait for the socket connection to be established. The connection setup timeout will increase exponentially for each consecutive connection failure up to this maximum. To avoid connection storms, a randomization factor of 0.2 will be applied to the timeout resulting in a random range between 20% below and 20% above the computed value.',
    importance: 'low',
    default: 30000,
    validator: atLeast(0),
  }),
  'retry.backoff.ms': sharedClientKeys['retry.backoff.ms'],
  'retry.backoff.max.ms': sharedClientKeys['retry.backoff.max.ms'],
  'request.timeout.ms': key.int({
    doc: 'The configuration controls the maximum amount of time the client will wait for the response of a request. If the response is not received before the timeout elapses the client will resend the request if necessary or fail the request if retries are exhausted.',
    importance: 'medium',
    default: 40000,
    validator: atLeast(0),
  }),
  'connections.max.idle.ms': key.long({
    doc: 'Close idle connections after the number of milliseconds specified by this config.',
    importance: 'medium',
    default: 540000,
  }),
  'worker.sync.timeout.ms': key.int({
    doc: 'When the worker is out of sync with other workers and needs to resynchronize configurations, wait up to this amount of time before giving up, leaving the group, and waiting a backoff period before rejoining.',
    importance: 'medium',
    default: 3000,
  }),
  'worker.unsync.backoff.ms': key.int({
    doc: 'When the worker is out of sync with other workers and  fails to catch up within the <code>worker.sync.timeout.ms</code>, leave the Connect cluster for this long before rejoining.',
    importance: 'medium',
    default: 300000,
  }),
  'offset.storage.topic': key.string({
    doc: 'The name of the Kafka topic where source connector offsets are stored',
    importance: 'high',
  }),
  'offset.storage.partitions': key.int({
    doc: 'The number of partitions used when creating the offset storage topic',
    importance: 'low',
    default: 25,
    validator: partitionCount,
  }),
  'offset.storage.replication.factor': key.short({
    doc: 'Replication factor used when creating the offset storage topic',
    importance: 'low',
    default: 3,
    validator: replicationFactor,
  }),
  'config.storage.topic': key.string({
    doc: 'The name of the Kafka topic where connector configurations are stored',
    importance: 'high',
  }),
  'config.storage.replication.factor': key.short({
    doc: 'Replication factor used when creating the configuration storage topic',
    importance: 'low',
    default: 3,
    validator: replicationFactor,
  }),
  'status.storage.topic': key.string({
    doc: 'The name of the Kafka topic where connector and task status are stored',
    importance: 'high',
  }),
  'status.storage.partitions': key.int({
    doc: 'The number of partitions used when creating the status storage topic',
    importance: 'low',
    default: 5,
    validator: partitionCount,
  }),
  'status.storage.replication.factor': key.short({
    doc: 'Replication factor used when creating the status storage topic',
    importance: 'low',
    default: 3,
    validator: replicationFactor,
  }),
  'connect.protocol': key.string({
    doc: 'Compatibility mode for Kafka Connect Protocol',
    importance: 'low',
    default: 'sessioned',
    validator: connectProtocol,
  }),
  'scheduled.rebalance.max.delay.ms': key.int({
    doc: 'The maximum delay that is scheduled in order to wait for the return of one or more departed workers before rebalancing and reassigning their connectors and tasks to the group. During this period the connectors and tasks of the departed workers remain unassigned',
    importance: 'low',
    default: 300000,
    validator: between(0, 2147483647),
  }),
  'inter.worker.key.ttl.ms': key.int({
    doc: 'The TTL of generated session keys used for internal request validation (in milliseconds)',
    importance: 'low',
    default: 3600000,
    validator: between(0, 2147483647),
  }),
  'inter.worker.key.generation.algorithm': key.string({
    doc: "The algorithm to use for generating internal request keys. The algorithm 'HmacSHA256' will be used as a default on JVMs that support it; on other JVMs, no default is used and a value for this property must be manually specified in the worker config.",
    importance: 'low',
    default: 'HmacSHA256',
    validator: keyAlgorithm,
  }),
  'inter.worker.key.size': key.int({
    doc: 'The size of the key to use for signing internal requests, in bits. If null, the default key size for the key generation algorithm will be used.',
    importance: 'low',
    default: null,
  }),
  'inter.worker.signature.algorithm': key.string({
    doc: "The algorithm used to sign internal requests. The algorithm 'HmacSHA256' will be used as a default on JVMs that support it; on other JVMs, no default is used and a value for this property must be manually specified in the worker config.",
    importance: 'low',
    default: 'HmacSHA256',
    validator: macAlgorithm,
  }),
  'inter.worker.verification.algorithms': key.list({
    doc: "A list of permitted algorithms for verifying internal requests, which must include the algorithm used for the <code>inter.worker.signature.algorithm</code> property. The algorithm(s) '[HmacSHA256]' will be used as a default on JVMs that provide them; on other JVMs, no default is used and a value for this property must be manually specified in the worker config.",
    importance: 'low',
    default: ['HmacSHA256'],
    validator: macAlgorithms,
  }),
  'metadata.recovery.strategy': sharedClientKeys['metadata.recovery.strategy'],
  'metadata.recovery.rebootstrap.trigger.ms': sharedClientKeys['metadata.recovery.rebootstrap.trigger.ms'],
}
