import { key } from '../keys.ts'
import { atLeast, between, noDuplicates } from '../validators.ts'

/** The admin's own keys. Java: org.apache.kafka.clients.admin.AdminClientConfig */
export const adminKeys = {
  'bootstrap.servers': key.list({
    doc: 'A list of host/port pairs used to establish the initial connection to the Kafka cluster. Clients use this list to bootstrap and discover the full set of Kafka brokers. While the order of servers in the list does not matter, we recommend including more than one server to ensure resilience if any servers are down. This list does not need to contain the entire set of brokers, as Kafka clients automatically manage and update connections to the cluster efficiently. This list must be in the form <code>host1:port1,host2:port2,...</code>.',
    importance: 'high',
    default: [],
    validator: noDuplicates({ empty: false, null: false }),
  }),
  'bootstrap.controllers': key.list({
    doc: 'A list of host/port pairs to use for establishing the initial connection to the KRaft controller quorum. This list should be in the form <code>host1:port1,host2:port2,...</code>.',
    importance: 'high',
    default: [],
    validator: noDuplicates({ empty: true, null: false }),
  }),
  'client.id': key.string({
    doc: 'An id string to pass to the server when making requests. The purpose of this is to be able to track the source of requests beyond just ip/port by allowing a logical application name to be included in server-side request logging.',
    importance: 'medium',
    default: '',
  }),
  'receive.buffer.bytes': key.int({
    doc: 'The size of the TCP receive buffer (SO_RCVBUF) to use when reading data. If the value is -1, the OS default will be used.',
    importance: 'medium',
    default: 65536,
    validator: atLeast(-1),
  }),
  'enable.metrics.push': key.boolean({
    doc: 'Whether to enable pushing of client metrics to the cluster, if the cluster has a client metrics subscription which matches this client.',
    importance: 'low',
    default: false,
  }),
  'request.timeout.ms': key.int({
    doc: 'The configuration controls the maximum amount of time the client will wait for the response of a request. If the response is not received before the timeout elapses the client will resend the request if necessary or fail the request if retries are exhausted.',
    importance: 'medium',
    default: 30000,
    validator: atLeast(0),
  }),
  'connections.max.idle.ms': key.long({
    doc: 'Close idle connections after the number of milliseconds specified by this config.',
    importance: 'medium',
    default: 300000,
  }),
  retries: key.int({
    doc: 'It is recommended to set the value to either <code>MAX_VALUE</code> or zero, and use corresponding timeout parameters to control how long a client should retry a request. Setting a value greater than zero will cause the client to resend any request that fails with a potentially transient error. Setting a value of zero will lead to transient errors not being retried, and they will be propagated to the application to be handled.',
    importance: 'low',
    default: 2147483647,
    validator: between(0, 2147483647),
  }),
  'default.api.timeout.ms': key.int({
    doc: 'Specifies the timeout (in milliseconds) for client APIs. This configuration is used as the default timeout for all client operations that do not specify a <code>timeout</code> parameter.',
    importance: 'medium',
    default: 60000,
    validator: atLeast(0),
  }),
}
