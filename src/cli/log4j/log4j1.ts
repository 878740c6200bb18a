import { type Level, parseLevel } from '../../observe/log-levels.ts'
import type { Element } from './element.ts'
import { countOf, type LogConfig, sizeOf } from './log-config.ts'
import { type Lookups, substitute } from './substitute.ts'

/** Log4j 1's own. */
const DEFAULT_MAX_BYTES = '10MB'
const DEFAULT_KEEP = 1

/** Property names of an appender without regard to case, and its class. */
interface Appender {
  className: string
  get(name: string): string | undefined
}

/** A property file of Log4j 1. Java: org.apache.log4j.PropertyConfigurator */
export function fromLog4j1Properties(
  values: Readonly<Record<string, string>>,
  lookups: Pick<Lookups, 'system' | 'env'>,
): LogConfig {
  const text = (value: string) => substitute(value, { ...lookups, own: values }).trim()
  const warnings: string[] = []
  const top = values['log4j.rootLogger'] ?? values['log4j.rootCategory']
  const [root = '', ...names] = text(top ?? '')
    .split(',')
    .map(word => word.trim())
  const appenders = names.flatMap(name => {
    const className = values[`log4j.appender.${name}`]
    if (className === undefined) return []
    const prefix = `log4j.appender.${name}.`.toLowerCase()
    const own = new Map(Object.entries(values).map(([key, value]) => [key.toLowerCase(), value]))
    const get = (key: string) => {
      const value = own.get(prefix + key.toLowerCase())
      return value === undefined ? undefined : text(value)
    }
    return [{ className: text(className), get }]
  })
  const loggers = Object.entries(values).flatMap(([key, value]) => {
    const name = /^log4j\.(?:logger|category)\.(.+)$/.exec(key)?.[1]
    const level = name === undefined ? null : levelOf(text(value).split(',')[0]!, name, warnings)
    return name !== undefined && level !== null ? [[name, level] as const] : []
  })
  return {
    root: levelOf(root, 'the root logger', warnings),
    loggers,
    ...outputs(appenders, warnings),
    warnings,
  }
}

/** The `<log4j:configuration>` of Log4j 1. Java: org.apache.log4j.xml.DOMConfigurator */
export function fromLog4j1Xml(configuration: Element, lookups: Pick<Lookups, 'system' | 'env'>): LogConfig {
  const text = (value: string) => substitute(value, { ...lookups, own: {} }).trim()
  const warnings: string[] = []
  const root = configuration.first('root')
  const level = (element: Element | undefined, whose: string) => {
    const given = element?.first('level') ?? element?.first('priority')
    return levelOf(text(given?.get('value') ?? ''), whose, warnings)
  }
  const references = root?.all('appender-ref').map(each => each.get('ref')) ?? []
  const appenders = configuration
    .all('appender')
    .filter(each => references.includes(each.get('name')))
    .map(each => ({
      className: text(each.get('class') ?? ''),
      get: (key: string) => {
        const param = each.all('param').find(one => one.get('name')?.toLowerCase() === key.toLowerCase())
        return param && text(param.get('value') ?? '')
      },
    }))
  const named = [...configuration.all('logger'), ...configuration.all('category')]
  return {
    root: level(root, 'the root logger'),
    loggers: named.flatMap(each => {
      const name = each.get('name')
      const own = name ? level(each, name) : null
      return name && own ? [[name, own] as const] : []
    }),
    ...outputs(appenders, warnings),
    warnings,
  }
}

/** INHERITED and NULL stand for no level of its own. */
function levelOf(given: string, whose: string, warnings: string[]): Level | null {
  const word = given.split('#')[0]!.trim()
  if (word === '' || /^(?:inherited|null)$/i.test(word)) return null
  const level = parseLevel(word)
  if (level === null) warnings.push(`${whose} has the level '${word}', which there is not`)
  return level
}

function outputs(appenders: readonly Appender[], warnings: string[]): Pick<LogConfig, 'console' | 'file'> {
  const isConsole = ({ className }: Appender) => className.endsWith('ConsoleAppender')
  const file = appenders.find(each => each.className.endsWith('FileAppender'))
  return { console: appenders.some(isConsole), file: file ? fileOf(file, warnings) : null }
}

function fileOf({ className, get }: Appender, warnings: string[]): LogConfig['file'] {
  const path = get('File') ?? get('fileName')
  if (path === undefined) {
    warnings.push(`an appender of ${className} has no File: nothing is written to a file`)
    return null
  }
  if (className.endsWith('DailyRollingFileAppender')) {
    const pattern = `${path}%d{${get('DatePattern') ?? "'.'yyyy-MM-dd"}}`
    return { path, rotation: { pattern } }
  }
  if (!className.endsWith('RollingFileAppender')) return { path, rotation: null }
  const maxBytes = sizeOf(get('MaxFileSize') ?? DEFAULT_MAX_BYTES)
  const keep = countOf(get('MaxBackupIndex')) ?? DEFAULT_KEEP
  return { path, rotation: { pattern: `${path}.%i`, keep, ...(maxBytes !== undefined && { maxBytes }) } }
}
