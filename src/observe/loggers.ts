import { logger } from './log.ts'
import {
  allLoggers,
  findLogger,
  type Level,
  levelOf,
  levelsChanged,
  loggersFrom,
  type NamedLogger,
  parseLevel,
  rankOf,
  setOwnLevel,
} from './log-levels.ts'

const log = logger('org.apache.kafka.connect.runtime.Loggers')

/** What Connect tells of a logger: its effective level, and when a person has last changed it (epoch ms). */
export interface LoggerLevel {
  level: Level
  lastModified: number | null
}

/** Every logger that code or configuration has used, by name; those at OFF are left out. Java: Loggers.allLevels */
export function listLoggers(): Map<string, LoggerLevel> {
  const shown = allLoggers().filter(logger => levelOf(logger) !== 'OFF')
  return new Map(shown.sort(byName).map(logger => [logger.name, told(logger)]))
}

/** null for a name that nobody has used, even below a configured one. Java: Loggers.level */
export function loggerLevel(name: string): LoggerLevel | null {
  const logger = findLogger(name)
  return logger ? told(logger) : null
}

/** Java: Loggers.isValidLevel */
export function isValidLevel(level: string): boolean {
  return parseLevel(level) !== null
}

/**
 * Sets the level of a logger, which is made if there is none, and of those below it; returns the sorted names of
 * those whose level has changed. Throws RangeError for no level. Java: Loggers.setLevel, KIP-495
 */
export function setLoggerLevel(namespace: string, level: string): string[] {
  const wanted = parseLevel(level)
  if (wanted === null) throw new RangeError(`invalid log level '${level}'.`)
  log.info(`Setting level of namespace ${namespace} and children to ${level}`)
  const now = Date.now()
  const changed: string[] = []
  for (const logger of loggersFrom(namespace)) {
    setOwnLevel(logger, wanted)
    if (logger.threshold === rankOf(wanted)) continue
    logger.lastModified = now
    changed.push(logger.name)
  }
  levelsChanged()
  return changed.sort()
}

function told(logger: NamedLogger): LoggerLevel {
  return { level: levelOf(logger), lastModified: logger.lastModified }
}

function byName(a: NamedLogger, b: NamedLogger): number {
  return a.name < b.name ? -1 : 1
}
