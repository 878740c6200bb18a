/** The plugin of Kafka that these connectors stand for. */
export const VERSION = '4.3.1'
