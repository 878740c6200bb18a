import { logger } from '../observe/log.ts'
import type { Environment } from './environment.ts'
import { jvmOptions } from './jvm-options.ts'

const log = logger('bunnect.cli.Environment')

/** System properties that are heeded elsewhere. */
const HEEDED = [
  'java.security.auth.login.config',
  'kafka.logs.dir',
  'log4j.configuration',
  'log4j2.configurationFile',
  'log4j.configurationFile',
]
const PROMETHEUS = /jmx|prometheus|jolokia/i

/**
 * One line for each variable that does something to the JVM worker and not to this one: what to use instead. Names
 * of system properties are told, values never (invariant 5).
 */
export function tellOfVariables(env: Environment): void {
  const is = (name: string) => Boolean(env[name]?.trim())
  const heap = ['KAFKA_HEAP_OPTS', 'KAFKA_JVM_PERFORMANCE_OPTS', 'KAFKA_GC_LOG_OPTS', 'KAFKA_DEBUG'].filter(
    is,
  )
  if (heap.length > 0)
    log.info(
      `${heap.join(', ')}: no effect, there is no JVM; bunnect.task.host.memory.max.bytes bounds the memory of a task host`,
    )
  const jmx = ['JMX_PORT', 'KAFKA_JMX_OPTS'].filter(is)
  if (jmx.length > 0)
    log.warn(`${jmx.join(', ')}: no effect, there is no JMX; REST serves the same metrics at /metrics`)
  if (is('CLASSPATH')) tellOfClassPath(env['CLASSPATH']!)
  tellOfOptions(env)
}

function tellOfClassPath(classPath: string): void {
  const entries = classPath.split(':').filter(entry => entry !== '')
  const scripts = entries.filter(entry => /\.[cm]?[jt]s$/.test(entry))
  if (scripts.length > 0)
    log.warn(`CLASSPATH: ${scripts.join(', ')} is not looked at; put plugins in plugin.path`)
  else log.info('CLASSPATH: no effect, Java classes are not loaded; plugins lie in plugin.path')
}

/** Without what the start scripts take for themselves. */
function withoutScriptsOwn(extra: string): string {
  return extra.replace(/(?:^|\s)(?:-daemon|-loggc|-name\s+\S+)(?=\s|$)/g, '')
}

function tellOfOptions(env: Environment): void {
  const { system, agents, other } = jvmOptions(env['KAFKA_OPTS'], withoutScriptsOwn(env['EXTRA_ARGS'] ?? ''))
  for (const agent of agents) {
    const [what = agent] = agent.split('=')
    if (PROMETHEUS.test(what))
      log.warn(`${what} is not loaded: REST serves metrics for Prometheus at /metrics; let it scrape that`)
    else log.warn(`${what} is not loaded: there is no JVM`)
  }
  const names = Object.keys(system).filter(name => !HEEDED.includes(name))
  const security = names.filter(name =>
    /^(?:javax\.net\.ssl|java\.security|javax\.security|jdk\.tls)\./.test(name),
  )
  if (security.length > 0)
    log.warn(
      `-D${security.join(', -D')}: no effect; use the worker's own keys such as ssl.truststore.location`,
    )
  const properties = names.filter(name => !security.includes(name)).map(name => `-D${name}`)
  // Of the words of a value with blanks in it, which may be a secret's, none begins with a dash.
  const options = other.flatMap(word => /^--?[\w-]+(?::[+-]\w+$)?/.exec(word)?.[0] ?? [])
  const rest = [...properties, ...options]
  if (rest.length > 0) log.info(`${rest.join(' ')}: no effect, there is no JVM`)
}
