/** Files to Kafka and Kafka to files, one line a record. Java: the connect-file plugin of Kafka 4.3.1 */
export { fileStreamSink } from './sink.ts'
export { fileStreamSource } from './source.ts'
