import { key } from '../keys.ts'
import { atLeast, noDuplicates, oneOf, oneOfIgnoringCase } from '../validators.ts'

/** Keys that are the same for producer, consumer and admin client; a worker has most of them too. Java: org.apache.kafka.clients.CommonClientConfigs */
export const sharedClientKeys = {
  'client.dns.lookup': key.string({
    doc: 'Controls how the client uses DNS lookups. If set to <code>use_all_dns_ips</code>, connect to each returned IP address in sequence until a successful connection is established. After a disconnection, the next IP is used. Once all IPs have been used once, the client resolves the IP(s) from the hostname again (both the JVM and the OS cache DNS name lookups, however). If set to <code>resolve_canonical_bootstrap_servers_only</code>, resolve each bootstrap address into a list of canonical names. After the bootstrap phase, this behaves the same as <code>use_all_dns_ips</code>.',
    importance: 'medium',
    default: 'use_all_dns_ips',
    validator: oneOf('use_all_dns_ips', 'resolve_canonical_bootstrap_servers_only'),
  }),
  'send.buffer.bytes': key.int({
    doc: 'The size of the TCP send buffer (SO_SNDBUF) to use when sending data. If the value is -1, the OS default will be used.',
    importance: 'medium',
    default: 131072,
    validator: atLeast(-1),
  }),
  'reconnect.backoff.ms': key.long({
    doc: 'The base amount of time to wait before attempting to reconnect to a given host. This avoids repeatedly connecting to a host in a tight loop. This backoff applies to all connection attempts by the client to a broker. This value is the initial backoff value and will increase exponentially for each consecutive connection failure, up to the <code>reconnect.backoff.max.ms</code> value.',
    importance: 'low',
    default: 50,
    validator: atLeast(0),
  }),
  'reconnect.backoff.max.ms': key.long({
    doc: 'The maximum amount of time in milliseconds to wait when reconnecting to a broker that has repeatedly failed to connect. If provided, the backoff per host will increase exponentially for each consecutive connection failure, up to this maximum. After calculating the backoff increase, 20% random jitter is added to avoid connection storms.',
    importance: 'low',
    default: 1000,
    validator: atLeast(0),
  }),
  'retry.backoff.ms': key.long({
    doc: 'The amount of time to wait before attempting to retry a failed request to a given topic partition. This avoids repeatedly sending requests in a tight loop under some failure scenarios. This value is the initial backoff value and will increase exponentially for each failed request, up to the <code>retry.backoff.max.ms</code> value.',
    importance: 'low',
    default: 100,
    validator: atLeast(0),
  }),
  'retry.backoff.max.ms': key.long({
    doc: 'The maximum amount of time in milliseconds to wait when retrying a request to the broker that has repeatedly failed. If provided, the backoff per client will increase exponentially for each failed request, up to this maximum. To prevent all clients from being synchronized upon retry, a randomized jitter with a factor of 0.2 will be applied to the backoff, resulting in the backoff falling within a range between 20% below and 20% above the computed value. If <code>retry.backoff.ms</code> is set to be higher than <code>retry.backoff.max.ms</code>, then <code>retry.backoff.max.ms</code> will be used as a constant backoff from the beginning without any exponential increase',
    importance: 'low',
    default: 1000,
    validator: atLeast(0),
  }),
  'metadata.max.age.ms': key.long({
    doc: "The period of time in milliseconds after which we force a refresh of metadata even if we haven't seen any partition leadership changes to proactively discover any new brokers or partitions.",
    importance: 'low',
    default: 300000,
    validator: atLeast(0),
  }),
  'metrics.sample.window.ms': key.long({
    doc: 'The window of time a metrics sample is computed over.',
    importance: 'low',
    default: 30000,
    validator: atLeast(0),
  }),
  'metrics.num.samples': key.int({
    doc: 'The number of samples maintained to compute metrics.',
    importance: 'low',
    default: 2,
    validator: atLeast(1),
  }),
  'metrics.recording.level': key.string({
    doc: "The highest recording level for metrics. It has three levels for recording metrics - info, debug, and trace.\n \nINFO level records only essential metrics necessary for monitoring system performance and health. It collects vital data without gathering too much detail, making it suitable for production environments where minimal overhead is desired.\n\nDEBUG level records most metrics, providing more detailed information about the system's operation. It's useful for development and testing environments where you need deeper insights to debug and fine-tune the application.\n\nTRACE level records all possible metrics, capturing every detail about the system's performance and operation. It's best for controlled environments where in-depth analysis is required, though it can introduce significant overhead.",
    importance: 'low',
    default: 'INFO',
    validator: oneOf('INFO', 'DEBUG', 'TRACE'),
  }),
  'metric.reporters': key.list({
    doc: 'A list of classes to use as metrics reporters. Implementing the <code>org.apache.kafka.common.metrics.MetricsReporter</code> interface allows plugging in classes that will be notified of new metric creation. When custom reporters are set and <code>org.apache.kafka.common.metrics.JmxReporter</code> is needed, it has to be explicitly added to the list.',
    importance: 'low',
    default: ['org.apache.kafka.common.metrics.JmxReporter'],
    validator: noDuplicates({ empty: true, null: false }),
  }),
  'socket.connection.setup.timeout.ms': key.long({
    doc: 'The amount of time the client will wait for the socket connection to be established. If the connection is not built before the timeout elapses, clients will close the socket channel. This value is the initial backoff value and will increase exponentially for each consecutive connection failure, up to the <code>socket.connection.setup.timeout.max.ms</code> value.',
    importance: 'medium',
    default: 10000,
  }),
  'socket.connection.setup.timeout.max.ms': key.long({
    doc: 'The maximum amount of time the client will wait for the socket connection to be established. The connection setup timeout will increase exponentially for each consecutive connection failure up to this maximum. To avoid connection storms, a randomization factor of 0.2 will be applied to the timeout resulting in a random range between 20% below and 20% above the computed value.',
    importance: 'medium',
    default: 30000,
  }),
  'security.providers': key.string({
    doc: 'A list of configurable creator classes each returning a provider implementing security algorithms. These classes should implement the <code>org.apache.kafka.common.security.auth.SecurityProviderCreator</code> interface.',
    importance: 'low',
    default: null,
  }),
  'metadata.recovery.strategy': key.string({
    doc: 'Controls how the client recovers when none of the brokers known to it is available. If set to <code>none</code>, the client fails. If set to <code>rebootstrap</code>, the client repeats the bootstrap process using <code>bootstrap.servers</code>. Rebootstrapping is useful when a client communicates with brokers so infrequently that the set of brokers may change entirely before the client refreshes metadata. Metadata recovery is triggered when all last-known brokers appear unavailable simultaneously. Brokers appear unavailable when disconnected and no current retry attempt is in-progress. Consider increasing <code>reconnect.backoff.ms</code> and <code>reconnect.backoff.max.ms</code> and decreasing <code>socket.connection.setup.timeout.ms</code> and <code>socket.connection.setup.timeout.max.ms</code> for the client. Rebootstrap is also triggered if connection cannot be established to any of the brokers for <code>metadata.recovery.rebootstrap.trigger.ms</code> milliseconds or if server requests rebootstrap.',
    importance: 'low',
    default: 'rebootstrap',
    validator: oneOfIgnoringCase('REBOOTSTRAP', 'NONE'),
  }),
  'metadata.recovery.rebootstrap.trigger.ms': key.long({
    doc: 'If a client configured to rebootstrap using <code>metadata.recovery.strategy=rebootstrap</code> is unable to obtain metadata from any of the brokers in the last known metadata for this interval, client repeats the bootstrap process using <code>bootstrap.servers</code> configuration.',
    importance: 'low',
    default: 300000,
    validator: atLeast(0),
  }),
  'config.providers': key.list({
    doc: 'Comma-separated alias names for classes implementing the <code>ConfigProvider</code> interface. This enables loading configuration data (such as passwords, API keys, and other credentials) from external sources. For example, see <a href="https://kafka.apache.org/documentation/#config_providers">Configuration Providers</a>.',
    importance: 'low',
    default: [],
    validator: noDuplicates({ empty: true, null: false }),
  }),
}
