/** The release of Confluent's JDBC connectors whose keys and behaviour these have. */
export const VERSION = '10.9.0'
