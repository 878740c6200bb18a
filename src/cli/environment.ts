/** Variables of the JVM's start scripts and container images that mean something here, or that people think do. */
const NAMES = [
  'KAFKA_LOG4J_OPTS',
  'LOG_DIR',
  'CONNECT_LOG4J_ROOT_LOGLEVEL',
  'CONNECT_LOG4J_LOGGERS',
  'KAFKA_OPTS',
  'EXTRA_ARGS',
  'CLASSPATH',
  'KAFKA_HEAP_OPTS',
  'KAFKA_JVM_PERFORMANCE_OPTS',
  'KAFKA_GC_LOG_OPTS',
  'JMX_PORT',
  'KAFKA_JMX_OPTS',
  'KAFKA_DEBUG',
] as const

export type Environment = Readonly<Record<string, string | undefined>>

/** Does for a worker what the variables of Kafka's start scripts ask for; loads nothing where none is set. */
export async function heedEnvironment(env: Environment): Promise<void> {
  if (!NAMES.some(name => env[name]?.trim())) return
  const { openLog } = await import('./log-outlets.ts')
  openLog(env)
  const { tellOfVariables } = await import('./variable-notes.ts')
  tellOfVariables(env)
}
