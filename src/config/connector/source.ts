import { key } from '../keys.ts'
import { nonEmptyString, notNegativeIfGiven, oneOfIgnoringCase, uniqueAliases } from '../validators.ts'

/** Java: org.apache.kafka.connect.runtime.SourceConnectorConfig */
export const sourceKeys = {
  'topic.creation.groups': key.list({
    doc: 'Groups of configurations for topics created by source connectors',
    importance: 'low',
    default: [],
    validator: uniqueAliases('topic creation groups'),
    group: 'Topic Creation',
    orderInGroup: 1,
    width: 'long',
    displayName: 'Topic Creation Groups',
  }),
  'exactly.once.support': key.string({
    doc: 'Permitted values are requested, required. If set to "required", forces a preflight check for the connector to ensure that it can provide exactly-once semantics with the given configuration. Some connectors may be capable of providing exactly-once semantics but not signal to Connect that they support this; in that case, documentation for the connector should be consulted carefully before creating it, and the value for this property should be set to "requested". Additionally, if the value is set to "required" but the worker that performs preflight validation does not have exactly-once support enabled for source connectors, requests to create or validate the connector will fail.',
    importance: 'medium',
    default: 'requested',
    validator: oneOfIgnoringCase('REQUIRED', 'REQUESTED'),
    group: 'Exactly Once Support',
    orderInGroup: 2,
    width: 'short',
    displayName: 'Exactly once support',
  }),
  'transaction.boundary': key.string({
    doc: "Permitted values are: poll, interval, connector. If set to 'poll', a new producer transaction will be started and committed for every batch of records that each task from this connector provides to Connect. If set to 'connector', relies on connector-defined transaction boundaries; note that not all connectors are capable of defining their own transaction boundaries, and in that case, attempts to instantiate a connector with this value will fail. Finally, if set to 'interval', commits transactions only after a user-defined time interval has passed.",
    importance: 'medium',
    default: 'poll',
    validator: oneOfIgnoringCase('INTERVAL', 'POLL', 'CONNECTOR'),
    group: 'Exactly Once Support',
    orderInGroup: 3,
    width: 'short',
    displayName: 'Transaction Boundary',
  }),
  'transaction.boundary.interval.ms': key.long({
    doc: "If 'transaction.boundary' is set to 'interval', determines the interval for producer transaction commits by connector tasks. If unset, defaults to the value of the worker-level 'offset.flush.interval.ms' property. It has no effect if a different transaction.boundary is specified.",
    importance: 'low',
    default: null,
    validator: notNegativeIfGiven,
    group: 'Exactly Once Support',
    orderInGroup: 4,
    width: 'short',
    displayName: 'Transaction boundary interval',
  }),
  'offsets.storage.topic': key.string({
    doc: "The name of a separate offsets topic to use for this connector. If empty or not specified, the worker’s global offsets topic name will be used. If specified, the offsets topic will be created if it does not already exist on the Kafka cluster targeted by this connector (which may be different from the one used for the worker's global offsets topic if the bootstrap.servers property of the connector's producer has been overridden from the worker's). Only applicable in distributed mode; in standalone mode, setting this property will have no effect.",
    importance: 'low',
    default: null,
    validator: nonEmptyString,
    group: 'offsets.topic',
    orderInGroup: 1,
    width: 'long',
    displayName: 'Offsets topic',
  }),
}
