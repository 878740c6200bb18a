import { parseLevel } from '../../observe/log-levels.ts'
import { type Element, is } from './element.ts'
import { countOf, type LogConfig, sizeOf } from './log-config.ts'
import { type Lookups, substitute } from './substitute.ts'

const FILES = ['RollingFile', 'RollingRandomAccessFile', 'File', 'RandomAccessFile', 'MemoryMappedFile']
/** Log4j's own. */
const DEFAULT_MAX = 7

/** A `<Configuration>` of Log4j2, from XML, YAML, JSON or properties. */
export function fromLog4j2(configuration: Element, lookups: Pick<Lookups, 'system' | 'env'>): LogConfig {
  const own: Record<string, string> = {}
  for (const property of configuration.first('Properties')?.all('Property') ?? []) {
    const name = property.get('name')
    if (name !== undefined) own[name] = property.get('value') ?? ''
  }
  const text = (value: string | undefined) =>
    value === undefined ? undefined : substitute(value, { ...lookups, own }).trim()
  const warnings: string[] = []
  const level = (element: Element, whose: string) => {
    const given = text(element.get('level'))
    if (given === undefined) return null
    const known = parseLevel(given)
    if (known === null) warnings.push(`${whose} has the level '${given}', which there is not`)
    return known
  }
  const loggers = configuration.first('Loggers')
  const roots = [...(loggers?.all('Root') ?? []), ...(loggers?.all('AsyncRoot') ?? [])]
  const named = [...(loggers?.all('Logger') ?? []), ...(loggers?.all('AsyncLogger') ?? [])]
  const appenders = configuration.first('Appenders')?.children ?? []
  const used = appendersOf(roots, appenders, text)
  const file = used.find(appender => FILES.some(name => is(appender, name)))
  return {
    root: roots.map(root => level(root, 'the root logger'))[0] ?? null,
    loggers: named.flatMap(logger => {
      const name = text(logger.get('name'))
      const own = name ? level(logger, name) : null
      return name && own ? [[name, own] as const] : []
    }),
    console: used.some(appender => is(appender, 'Console')),
    file: file ? fileOf(file, text, warnings) : null,
    warnings,
  }
}

type Text = (value: string | undefined) => string | undefined

/** Those that the root logger names, also behind an Async appender. */
function appendersOf(roots: Element[], appenders: Element[], text: Text): Element[] {
  const byName = (name: string | undefined) => appenders.filter(each => text(each.get('name')) === name)
  const direct = roots.flatMap(root => references(root, text)).flatMap(byName)
  const behind = direct
    .filter(each => is(each, 'Async'))
    .flatMap(each => references(each, text))
    .flatMap(byName)
  return [...direct, ...behind]
}

function references(element: Element, text: Text): (string | undefined)[] {
  const short = text(element.get('appender-ref')) ?? text(element.get('ref'))
  const named = element.all('AppenderRef').concat(element.all('appender-ref'))
  return [...named.map(each => text(each.get('ref'))), ...(short?.split(',').map(name => name.trim()) ?? [])]
}

function fileOf(appender: Element, text: Text, warnings: string[]): LogConfig['file'] {
  const pattern = text(appender.get('filePattern'))
  const path = text(appender.get('fileName')) ?? null
  if (path === null) {
    warnings.push(`appender ${text(appender.get('name'))} has no fileName: nothing is written to a file`)
    return null
  }
  if (pattern === undefined) return { path, rotation: null }
  const parts = [...appender.below()]
  const bySize = parts.find(each => is(each, 'SizeBasedTriggeringPolicy'))
  const byTime = parts.some(each => is(each, 'TimeBasedTriggeringPolicy') || is(each, 'CronTriggeringPolicy'))
  const max = countOf(text(parts.find(each => is(each, 'DefaultRolloverStrategy'))?.get('max')))
  const maxBytes = bySize ? (sizeOf(text(bySize.get('size'))) ?? sizeOf('10MB')!) : undefined
  if (maxBytes === undefined && !byTime) return { path, rotation: null }
  // With a time in the name `max` counts the files of one time, and those of former times stay.
  const keep = pattern.includes('%d') ? undefined : (max ?? DEFAULT_MAX)
  return {
    path,
    rotation: { pattern, ...(maxBytes !== undefined && { maxBytes }), ...(keep !== undefined && { keep }) },
  }
}
