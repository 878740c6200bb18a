import { join } from 'node:path'
import { logger, setOutlets, toStandardError } from '../observe/log.ts'
import { LogFile, type LogFileOptions, type Rotation } from '../observe/log-file.ts'
import {
  levelsChanged,
  namedLogger,
  type OwnLevels,
  parseLevel,
  ROOT,
  setOwnLevel,
} from '../observe/log-levels.ts'
import type { Environment } from './environment.ts'
import { sentence } from './exit.ts'
import { jvmOptions } from './jvm-options.ts'
import type { LogConfig } from './log4j/log-config.ts'
import { readLogConfig } from './log4j/read.ts'

const log = logger('bunnect.cli.LogOutlets')
const MIB = 2 ** 20
/** A week of hours: unlike the JVM's, this log does not fill a disk. */
const HOURS = 168
const LARGEST = 100 * MIB

/**
 * Sends the log where Kafka's variables say. KAFKA_LOG4J_OPTS names a configuration of Log4j; without one LOG_DIR has
 * a file connect.log beside standard error, named by the hour when the hour is over, as config/connect-log4j2.yaml of
 * Kafka 4.3 has it. With neither the log goes to standard error alone. Java: bin/kafka-run-class.sh
 */
export function openLog(env: Environment): void {
  const { system } = jvmOptions(env['KAFKA_OPTS'], env['EXTRA_ARGS'], env['KAFKA_LOG4J_OPTS'])
  const folder = system['kafka.logs.dir'] ?? (env['LOG_DIR']?.trim() || 'logs')
  const place =
    system['log4j2.configurationFile'] ??
    system['log4j.configurationFile'] ??
    system['log4j.configuration'] ??
    // Of the start script, whose folder may have blanks in its name.
    env['BUNNECT_LOG4J_CONFIGURATION']
  const lookups = { system: { ...system, 'kafka.logs.dir': folder }, env }
  const { config, problems } = place === undefined ? NO_CONFIG : configOf(place, lookups)
  const isWanted = config === null && (Boolean(env['LOG_DIR']?.trim()) || place !== undefined)
  const file = config?.file ?? (isWanted ? hourly(folder) : null)
  const levels = levelsOf(config, env, problems)
  const console = config === null || config.console || file === null
  const outlet = file && new LogFile({ ...file, ...told(file.path, console) })
  setOutlets({ console, file: outlet && (line => outlet.write(line)) })
  for (const [name, level] of levels) setOwnLevel(namedLogger(name), level)
  levelsChanged()
  for (const problem of problems) log.warn(problem)
}

const NO_CONFIG = { config: null, problems: [] as string[] }

function configOf(
  place: string,
  lookups: Parameters<typeof readLogConfig>[1],
): { config: LogConfig | null; problems: string[] } {
  const [first = '', ...others] = place.split(',')
  const problems = others.length > 0 ? [`of the configurations ${place} only the first one is read`] : []
  try {
    const config = readLogConfig(first.trim(), lookups)
    return { config, problems: [...problems, ...config.warnings.map(warning => `${first}: ${warning}`)] }
  } catch (error) {
    const why = `${first} cannot be used for the log: ${(error as Error).message}`
    return { config: null, problems: [...problems, sentence(why, 'Correct it, or KAFKA_LOG4J_OPTS.')] }
  }
}

/** What the configuration says, and over it what container images take from variables. */
function levelsOf(config: LogConfig | null, env: Environment, problems: string[]): OwnLevels {
  const given: [string, string][] = []
  const root = env['CONNECT_LOG4J_ROOT_LOGLEVEL']?.trim()
  if (root) given.push([ROOT, root])
  for (const pair of env['CONNECT_LOG4J_LOGGERS']?.split(',') ?? []) {
    const [name = '', level = ''] = pair.split('=').map(word => word.trim())
    // Log4j's own form is "INFO, stdout": a level for the root logger and the names of appenders.
    if (name !== '' && level !== '') given.push([name.replace(/^log4j\.logger\./, ''), level])
  }
  const read = given.flatMap(([name, text]) => {
    const level = parseLevel(text)
    if (level === null) problems.push(`${name} cannot have the level '${text}', which there is not`)
    return level === null ? [] : [[name, level] as const]
  })
  const own = config ? [...(config.root ? [[ROOT, config.root] as const] : []), ...config.loggers] : []
  return [...own, ...read]
}

function hourly(folder: string): { path: string; rotation: Rotation } {
  const pattern = join(folder, 'connect-%d{yyyy-MM-dd-HH}.log')
  return { path: join(folder, 'connect.log'), rotation: { pattern, maxBytes: LARGEST, keep: HOURS } }
}

/** A line for each kind of trouble; what the file does not take goes to standard error. */
function told(path: string, console: boolean): Pick<LogFileOptions, 'onTrouble' | 'onRecovery'> {
  let isFailing = false
  const say = (text: string) => toStandardError(`bunnect: ${text}\n`)
  return {
    onTrouble: ({ reason, line }) => {
      if (line === null) return say(`${path} cannot be rotated and goes on growing: ${reason}`)
      if (!isFailing)
        say(`the log cannot be written to ${reason}. Its lines go to standard error until it can be.`)
      isFailing = true
      if (!console) toStandardError(line)
    },
    onRecovery: () => {
      isFailing = false
      say(`the log is written to ${path} again`)
    },
  }
}
