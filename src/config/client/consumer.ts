import { key } from '../keys.ts'
import { atLeast, noDuplicates, nonEmptyString, oneOf, oneOfIgnoringCase } from '../validators.ts'
import { acknowledgementMode, acquireMode, autoOffsetReset } from './validators.ts'

/** The consumer's own keys. Java: org.apache.kafka.clients.consumer.ConsumerConfig */
export const consumerKeys = {
  'bootstrap.servers': key.list({
    doc: 'A list of host/port pairs used to establish the initial connection to the Kafka cluster. Clients use this list to bootstrap and discover the full set of Kafka brokers. While the order of servers in the list does not matter, we recommend including more than one server to ensure resilience if any servers are down. This list does not need to contain the entire set of brokers, as Kafka clients automatically manage and update connections to the cluster efficiently. This list must be in the form <code>host1:port1,host2:port2,...</code>.',
    importance: 'high',
    validator: noDuplicates({ empty: false, null: false }),
  }),
  'group.id': key.string({
    doc: 'A unique string that identifies the consumer group this consumer belongs to. This property is required if the consumer uses either the group management functionality by using <code>subscribe(topic)</code> or the Kafka-based offset management strategy.',
    importance: 'high',
    default: null,
  }),
  'group.instance.id': key.string({
    doc: 'A unique identifier of the consumer instance provided by the end user. Only non-empty strings are permitted. If set, the consumer is treated as a static member, which means that only one instance with this ID is allowed in the consumer group at any time. This can be used in combination with a larger session timeout to avoid group rebalances caused by transient unavailability (e.g. process restarts). If not set, the consumer will join the group as a dynamic member, which is the traditional behavior.',
    importance: 'medium',
    default: null,
    validator: nonEmptyString,
  }),
  'session.timeout.ms': key.int({
    doc: 'The timeout used to detect client failures when using Kafka\'s group management facility. The client sends periodic heartbeats to indicate its liveness to the broker. If no heartbeats are received by the broker before the expiration of this session timeout, then the broker will remove this client from the group and initiate a rebalance. Note that the value must be in the allowable range as configured in the broker configuration by <code>group.min.session.timeout.ms</code> and <code>group.max.session.timeout.ms</code>. Note that this client configuration is not supported when <code>group.protocol</code> is set to "consumer". In that case, session timeout is controlled by the broker config <code>group.consumer.session.timeout.ms</code>.',
    importance: 'high',
    default: 45000,
  }),
  'heartbeat.interval.ms': key.int({
    doc: 'The expected time between heartbeats to the consumer coordinator when using Kafka\'s group management facilities. Heartbeats are used to ensure that the consumer\'s session stays active and to facilitate rebalancing when new consumers join or leave the group. This config is only supported if <code>group.protocol</code> is set to "classic". In that case, the value must be set lower than <code>session.timeout.ms</code>, but typically should be set no higher than 1/3 of that value. It can be adjusted even lower to control the expected time for normal rebalances.If <code>group.protocol</code> is set to "consumer", this config is not supported, as the heartbeat interval is controlled by the broker with <code>group.consumer.heartbeat.interval.ms</code>.',
    importance: 'high',
    default: 3000,
  }),
  'partition.assignment.strategy': key.list({
    doc: 'A list of class names or class types, ordered by preference, of supported partition assignment strategies that the client will use to distribute partition ownership amongst consumer instances when group management is used. Available options are:<ul><li><code>org.apache.kafka.clients.consumer.RangeAssignor</code>: Assigns partitions on a per-topic basis.</li><li><code>org.apache.kafka.clients.consumer.RoundRobinAssignor</code>: Assigns partitions to consumers in a round-robin fashion.</li><li><code>org.apache.kafka.clients.consumer.StickyAssignor</code>: Guarantees an assignment that is maximally balanced while preserving as many existing partition assignments as possible.</li><li><code>org.apache.kafka.clients.consumer.CooperativeStickyAssignor</code>: Follows the same StickyAssignor logic, but allows for cooperative rebalancing.</li></ul><p>The default assignor is [RangeAssignor, CooperativeStickyAssignor], which will use the RangeAssignor by default, but allows upgrading to the CooperativeStickyAssignor with just a single rolling bounce that removes the RangeAssignor from the list.</p><p>Implementing the <code>org.apache.kafka.clients.consumer.ConsumerPartitionAssignor</code> interface allows you to plug in a custom assignment strategy.</p>',
    importance: 'medium',
    default: [
      'org.apache.kafka.clients.consumer.RangeAssignor',
      'org.apache.kafka.clients.consumer.CooperativeStickyAssignor',
    ],
    validator: noDuplicates({ empty: true, null: false }),
  }),
  'enable.auto.commit': key.boolean({
    doc: "If true the consumer's offset will be periodically committed in the background.",
    importance: 'medium',
    default: true,
  }),
  'auto.commit.interval.ms': key.int({
    doc: 'The frequency in milliseconds that the consumer offsets are auto-committed to Kafka if <code>enable.auto.commit</code> is set to <code>true</code>.',
    importance: 'low',
    default: 5000,
    validator: atLeast(0),
  }),
  'client.id': key.string({
    doc: 'An id string to pass to the server when making requests. The purpose of this is to be able to track the source of requests beyond just ip/port by allowing a logical application name to be included in server-side request logging.',
    importance: 'low',
    default: '',
  }),
  'client.rack': key.string({
    doc: "A rack identifier for this client. This can be any string value which indicates where this client is physically located. It corresponds with the broker config 'broker.rack'",
    importance: 'low',
    default: '',
  }),
  'max.partition.fetch.bytes': key.int({
    doc: 'The maximum amount of data per-partition the server will return. Records are fetched in batches by the consumer. If the first record batch in the first non-empty partition of the fetch is larger than this limit, the batch will still be returned to ensure that the consumer can make progress. The maximum record batch size accepted by the broker is defined via <code>message.max.bytes</code> (broker config) or <code>max.message.bytes</code> (topic config). See fetch.max.bytes for limiting the consumer request size.',
    importance: 'high',
    default: 1048576,
    validator: atLeast(0),
  }),
  'receive.buffer.bytes': key.int({
    doc: 'The size of the TCP receive buffer (SO_RCVBUF) to use when reading data. If the value is -1, the OS default will be used.',
    importance: 'medium',
    default: 65536,
    validator: atLeast(-1),
  }),
  'fetch.min.bytes': key.int({
    doc: 'The minimum amount of data the server should return for a fetch request. If insufficient data is available the request will wait for that much data to accumulate before answering the request. The default setting of 1 byte means that fetch requests are answered as soon as that many byte(s) of data is available or the fetch request times out waiting for data to arrive. Setting this to a larger value will cause the server to wait for larger amounts of data to accumulate which can improve server throughput a bit at the cost of some additional latency. Even if the total data available in the broker exceeds fetch.min.bytes, the actual returned size may still be less than this value due to per-partition limits max.partition.fetch.bytes and max returned limits fetch.max.bytes.',
    importance: 'high',
    default: 1,
    validator: atLeast(0),
  }),
  'fetch.max.bytes': key.int({
    doc: 'The maximum amount of data the server should return for a fetch request. Records are fetched in batches by the consumer, and if the first record batch in the first non-empty partition of the fetch is larger than this value, the record batch will still be returned to ensure that the consumer can make progress. As such, this is not a absolute maximum. The maximum record batch size accepted by the broker is defined via <code>message.max.bytes</code> (broker config) or <code>max.message.bytes</code> (topic config). A fetch request consists of many partitions, and there is another setting that controls how much data is returned for each partition in a fetch request - see <code>max.partition.fetch.bytes</code>. Note that the consumer performs multiple fetches in parallel.',
    importance: 'medium',
    default: 52428800,
    validator: atLeast(0),
  }),
  'fetch.max.wait.ms': key.int({
    doc: "The maximum amount of time the server will block before answering the fetch request there isn't sufficient data to immediately satisfy the requirement given by fetch.min.bytes. This config is used only for local log fetch. To tune the remote fetch maximum wait time, please refer to 'remote.fetch.max.wait.ms' broker config",
    importance: 'low',
    default: 500,
    validator: atLeast(0),
  }),
  'enable.metrics.push': key.boolean({
    doc: 'Whether to enable pushing of client metrics to the cluster, if the cluster has a client metrics subscription which matches this client.',
    importance: 'low',
    default: true,
  }),
  'auto.offset.reset': key.string({
    doc: "What to do when there is no initial offset in Kafka or if the current offset does not exist any more on the server (e.g. because that data has been deleted): <ul><li>earliest: automatically reset the offset to the earliest offset</li><li>latest: automatically reset the offset to the latest offset</li><li>by_duration:&lt;duration&gt;: automatically reset the offset to a configured &lt;duration&gt; from the current timestamp. &lt;duration&gt; must be specified in ISO8601 format (PnDTnHnMn.nS). Negative duration is not allowed.</li><li>none: throw exception to the consumer if no previous offset is found for the consumer's group</li><li>anything else: throw exception to the consumer.</li></ul><p>Note that altering partition numbers while setting this config to latest may cause message delivery loss since producers could start to send messages to newly added partitions (i.e. no initial offsets exist yet) before consumers reset their offsets.",
    importance: 'medium',
    default: 'latest',
    validator: autoOffsetReset,
  }),
  'check.crcs': key.boolean({
    doc: 'Automatically check the CRC32 of the records consumed. This ensures no on-the-wire or on-disk corruption to the messages occurred. This check adds some overhead, so it may be disabled in cases seeking extreme performance.',
    importance: 'low',
    default: true,
  }),
  'key.deserializer': key.class({
    doc: 'Deserializer class for key that implements the <code>org.apache.kafka.common.serialization.Deserializer</code> interface.',
    importance: 'high',
  }),
  'value.deserializer': key.class({
    doc: 'Deserializer class for value that implements the <code>org.apache.kafka.common.serialization.Deserializer</code> interface.',
    importance: 'high',
  }),
  'request.timeout.ms': key.int({
    doc: 'The configuration controls the maximum amount of time the client will wait for the response of a request. If the response is not received before the timeout elapses the client will resend the request if necessary or fail the request if retries are exhausted.',
    importance: 'medium',
    default: 30000,
    validator: atLeast(0),
  }),
  'default.api.timeout.ms': key.int({
    doc: 'Specifies the timeout (in milliseconds) for client APIs. This configuration is used as the default timeout for all client operations that do not specify a <code>timeout</code> parameter.',
    importance: 'medium',
    default: 60000,
    validator: atLeast(0),
  }),
  'connections.max.idle.ms': key.long({
    doc: 'Close idle connections after the number of milliseconds specified by this config.',
    importance: 'medium',
    default: 540000,
  }),
  'interceptor.classes': key.list({
    doc: 'A list of classes to use as interceptors. Implementing the <code>org.apache.kafka.clients.consumer.ConsumerInterceptor</code> interface allows you to intercept (and possibly mutate) records received by the consumer. By default, there are no interceptors.',
    importance: 'low',
    default: [],
    validator: noDuplicates({ empty: true, null: false }),
  }),
  'max.poll.records': key.int({
    doc: 'The maximum number of records returned in a single call to poll(). Note, that <code>max.poll.records</code> does not impact the underlying fetching behavior. The consumer will cache the records from each fetch request and returns them incrementally from each poll.',
    importance: 'medium',
    default: 500,
    validator: atLeast(1),
  }),
  'max.poll.interval.ms': key.int({
    doc: 'The maximum delay between invocations of poll() when using consumer group management. This places an upper bound on the amount of time that the consumer can be idle before fetching more records. If poll() is not called before expiration of this timeout, then the consumer is considered failed and the group will rebalance in order to reassign the partitions to another member. For consumers using a non-null <code>group.instance.id</code> which reach this timeout, partitions will not be immediately reassigned. Instead, the consumer will stop sending heartbeats and partitions will be reassigned after expiration of the session timeout (defined by the client config <code>session.timeout.ms</code> if using the Classic rebalance protocol, or by the broker config <code>group.consumer.session.timeout.ms</code> if using the Consumer protocol). This mirrors the behavior of a static consumer which has shutdown.',
    importance: 'medium',
    default: 300000,
    validator: atLeast(1),
  }),
  'exclude.internal.topics': key.boolean({
    doc: 'Whether internal topics matching a subscribed pattern should be excluded from the subscription. It is always possible to explicitly subscribe to an internal topic.',
    importance: 'medium',
    default: true,
  }),
  'isolation.level': key.string({
    doc: 'Controls how to read messages written transactionally. If set to <code>read_committed</code>, consumer.poll() will only return transactional messages which have been committed. If set to <code>read_uncommitted</code> (the default), consumer.poll() will return all messages, even transactional messages which have been aborted. Non-transactional messages will be returned unconditionally in either mode. <p>Messages will always be returned in offset order. Hence, in  <code>read_committed</code> mode, consumer.poll() will only return messages up to the last stable offset (LSO), which is the one less than the offset of the first open transaction. In particular any messages appearing after messages belonging to ongoing transactions will be withheld until the relevant transaction has been completed. As a result, <code>read_committed</code> consumers will not be able to read up to the high watermark when there are in flight transactions.</p><p> Further, when in <code>read_committed</code> the seekToEnd method will return the LSO</p>',
    importance: 'medium',
    default: 'read_uncommitted',
    validator: oneOf('read_committed', 'read_uncommitted'),
  }),
  'allow.auto.create.topics': key.boolean({
    doc: 'Allow automatic topic creation on the broker when subscribing to or assigning a topic. A topic being subscribed to will be automatically created only if the broker allows for it using <code>auto.create.topics.enable</code> broker configuration.',
    importance: 'medium',
    default: true,
  }),
  'group.protocol': key.string({
    doc: 'The group protocol that the consumer uses. The supported values are <code>classic</code> or <code>consumer</code>. The default value is <code>classic</code>.',
    importance: 'high',
    default: 'classic',
    validator: oneOfIgnoringCase('CONSUMER', 'CLASSIC'),
  }),
  'group.remote.assignor': key.string({
    doc: 'The name of the server-side assignor to use. If not specified, the group coordinator will pick the first assignor defined in the broker config group.consumer.assignors.This configuration is applied only if <code>group.protocol</code> is set to "consumer".',
    importance: 'medium',
    default: null,
  }),
  'share.acknowledgement.mode': key.string({
    doc: 'Controls the acknowledgement mode for a share consumer. If set to <code>implicit</code>, the acknowledgement mode of the consumer is implicit and it must not use <code>org.apache.kafka.clients.consumer.ShareConsumer.acknowledge()</code> to acknowledge delivery of records. Instead, delivery is acknowledged implicitly on the next call to poll or commit. If set to <code>explicit</code>, the acknowledgement mode of the consumer is explicit and it must use <code>org.apache.kafka.clients.consumer.ShareConsumer.acknowledge()</code> to acknowledge delivery of records.',
    importance: 'medium',
    default: 'implicit',
    validator: acknowledgementMode,
  }),
  'share.acquire.mode': key.string({
    doc: 'Controls the acquire mode for a share consumer. If set to <code>record_limit</code>, the number of records returned in each poll() will not exceed the value of <code>max.poll.records</code>. If set to <code>batch_optimized</code>, the number of records returned in each poll() call may exceed <code>max.poll.records</code> to align with batch boundaries for optimization.',
    importance: 'medium',
    default: 'BATCH_OPTIMIZED',
    validator: acquireMode,
  }),
}
