import { key } from '../keys.ts'
import { noDuplicates, oneOf, oneOfIgnoringCase } from '../validators.ts'
import { sharedClientKeys } from './shared-client.ts'

/** Keys of every worker. Java: org.apache.kafka.connect.runtime.WorkerConfig */
export const commonKeys = {
  'bootstrap.servers': key.list({
    doc: 'A list of host/port pairs used to establish the initial connection to the Kafka cluster. Clients use this list to bootstrap and discover the full set of Kafka brokers. While the order of servers in the list does not matter, we recommend including more than one server to ensure resilience if any servers are down. This list does not need to contain the entire set of brokers, as Kafka clients automatically manage and update connections to the cluster efficiently. This list must be in the form <code>host1:port1,host2:port2,...</code>.',
    importance: 'high',
    validator: noDuplicates({ empty: false, null: false }),
  }),
  'client.dns.lookup': sharedClientKeys['client.dns.lookup'],
  'key.converter': key.class({
    doc: 'Converter class used to convert between Kafka Connect format and the serialized form that is written to Kafka. This controls the format of the keys in messages written to or read from Kafka, and since this is independent of connectors it allows any connector to work with any serialization format. Examples of common formats include JSON and Avro.',
    importance: 'high',
  }),
  'key.converter.plugin.version': key.string({
    doc: 'Version of the key converter.',
    importance: 'low',
    default: null,
  }),
  'value.converter': key.class({
    doc: 'Converter class used to convert between Kafka Connect format and the serialized form that is written to Kafka. This controls the format of the values in messages written to or read from Kafka, and since this is independent of connectors it allows any connector to work with any serialization format. Examples of common formats include JSON and Avro.',
    importance: 'high',
  }),
  'value.converter.plugin.version': key.string({
    doc: 'Version of the value converter.',
    importance: 'low',
    default: null,
  }),
  'task.shutdown.graceful.timeout.ms': key.long({
    doc: 'Amount of time to wait for tasks to shutdown gracefully. This is the total amount of time, not per task. All task have shutdown triggered, then they are waited on sequentially.',
    importance: 'low',
    default: 5000,
  }),
  'offset.flush.interval.ms': key.long({
    doc: 'Interval at which to try committing offsets for tasks.',
    importance: 'low',
    default: 60000,
  }),
  'offset.flush.timeout.ms': key.long({
    doc: 'Maximum number of milliseconds to wait for records to flush and partition offset data to be committed to offset storage before cancelling the process and restoring the offset data to be committed in a future attempt. This property has no effect for source connectors running with exactly-once support.',
    importance: 'low',
    default: 5000,
  }),
  'plugin.path': key.list({
    doc: "List of paths separated by commas (,) that contain plugins (connectors, converters, transformations). The list should consist of top level directories that include any combination of: \na) directories immediately containing jars with plugins and their dependencies\nb) uber-jars with plugins and their dependencies\nc) directories immediately containing the package directory structure of classes of plugins and their dependencies\nNote: symlinks will be followed to discover dependencies or plugins.\nExamples: plugin.path=/usr/local/share/java,/usr/local/share/kafka/plugins,/opt/connectors\nDo not use config provider variables in this property, since the raw path is used by the worker's scanner before config providers are initialized and used to replace variables.",
    importance: 'low',
    default: null,
    validator: noDuplicates({ empty: false, null: true }),
  }),
  'plugin.discovery': key.string({
    doc: 'Method to use to discover plugins present in the classpath and plugin.path configuration. This can be one of multiple values with the following meanings:\n* only_scan: Discover plugins only by reflection. Plugins which are not discoverable by ServiceLoader will not impact worker startup.\n* hybrid_warn: Discover plugins reflectively and by ServiceLoader. Plugins which are not discoverable by ServiceLoader will print warnings during worker startup.\n* hybrid_fail: Discover plugins reflectively and by ServiceLoader. Plugins which are not discoverable by ServiceLoader will cause worker startup to fail.\n* service_load: Discover plugins only by ServiceLoader. Faster startup than other modes. Plugins which are not discoverable by ServiceLoader may not be usable.',
    importance: 'low',
    default: 'hybrid_warn',
    validator: oneOfIgnoringCase('ONLY_SCAN', 'SERVICE_LOAD', 'HYBRID_WARN', 'HYBRID_FAIL'),
  }),
  'metrics.sample.window.ms': sharedClientKeys['metrics.sample.window.ms'],
  'metrics.num.samples': sharedClientKeys['metrics.num.samples'],
  'metrics.recording.level': key.string({
    doc: "The highest recording level for metrics. It has three levels for recording metrics - info, debug, and trace.\n \nINFO level records only essential metrics necessary for monitoring system performance and health. It collects vital data without gathering too much detail, making it suitable for production environments where minimal overhead is desired.\n\nDEBUG level records most metrics, providing more detailed information about the system's operation. It's useful for development and testing environments where you need deeper insights to debug and fine-tune the application.\n\nTRACE level records all possible metrics, capturing every detail about the system's performance and operation. It's best for controlled environments where in-depth analysis is required, though it can introduce significant overhead.",
    importance: 'low',
    default: 'INFO',
    validator: oneOf('INFO', 'DEBUG'),
  }),
  'metric.reporters': sharedClientKeys['metric.reporters'],
  'header.converter': key.class({
    doc: 'HeaderConverter class used to convert between Kafka Connect format and the serialized form that is written to Kafka. This controls the format of the header values in messages written to or read from Kafka, and since this is independent of connectors it allows any connector to work with any serialization format. Examples of common formats include JSON and Avro. By default, the SimpleHeaderConverter is used to serialize header values to strings and deserialize them by inferring the schemas.',
    importance: 'low',
    default: 'org.apache.kafka.connect.storage.SimpleHeaderConverter',
  }),
  'header.converter.plugin.version': key.string({
    doc: 'Version of the header converter.',
    importance: 'low',
    default: null,
  }),
  'config.providers': sharedClientKeys['config.providers'],
  'connector.client.config.override.policy': key.string({
    doc: 'Class name or alias of implementation of <code>ConnectorClientConfigOverridePolicy</code>. Defines what client configurations can be overridden by the connector. The default policy is <code>All</code>, meaning connector configurations can override all client properties. The other possible policies in the framework include <code>Allowlist</code> to specify allowed configurations via <code>connector.client.config.override.allowlist</code>, <code>None</code> to disallow connectors from overriding client properties, and <code>Principal</code> (now deprecated) to allow connectors to override only client principals.',
    importance: 'medium',
    default: 'All',
  }),
  'topic.creation.enable': key.boolean({
    doc: 'Whether to allow automatic creation of topics used by source connectors, when source connectors are configured with <code>topic.creation.</code> properties. Each task will use an admin client to create its topics and will not depend on the Kafka brokers to create topics automatically.',
    importance: 'low',
    default: true,
  }),
  'topic.tracking.enable': key.boolean({
    doc: 'Enable tracking the set of active topics per connector during runtime.',
    importance: 'low',
    default: true,
  }),
  'topic.tracking.allow.reset': key.boolean({
    doc: 'If set to true, it allows user requests to reset the set of active topics per connector.',
    importance: 'low',
    default: true,
  }),
}
