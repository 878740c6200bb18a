/** Connectors that test a cluster: they generate, count or fail. Java: the connect-test-plugins of Kafka 4.3.1 */
export { mockSink } from './mock-sink.ts'
export { mockSource } from './mock-source.ts'
export { schemaSource } from './schema-source.ts'
export { verifiableSink } from './verifiable-sink.ts'
export { verifiableSource } from './verifiable-source.ts'
