import { Element } from './element.ts'

/** Log4j2's property form as the element that its other forms have. Java: PropertiesConfigurationBuilder */
export function fromProperties(values: Readonly<Record<string, string>>): Element {
  const root = new Element('Configuration')
  const properties = child(root, 'Properties')
  const appenders = child(root, 'Appenders')
  const loggers = child(root, 'Loggers')
  for (const [key, value] of Object.entries(values)) {
    const name = /^property\.(.+)$/.exec(key)?.[1]
    if (name === undefined) continue
    const property = child(properties, 'Property')
    property.set('name', name)
    property.set('value', value)
  }
  for (const [, keys] of groups(values, 'appender')) appenders.children.push(component('Appender', keys))
  for (const [id, keys] of groups(values, 'logger')) loggers.children.push(loggerOf('Logger', keys, id))
  const top = under(values, 'rootLogger')
  if (top.length > 0) loggers.children.push(loggerOf('Root', top, ''))
  return root
}

type Entry = readonly [key: string, value: string]

function child(parent: Element, name: string): Element {
  const element = new Element(name)
  parent.children.push(element)
  return element
}

/** `a` and `a.b` as '' and `b`. */
function under(values: Readonly<Record<string, string>>, prefix: string): Entry[] {
  return Object.entries(values).flatMap(([key, value]) => {
    if (key === prefix) return [['', value] as const]
    return key.startsWith(`${prefix}.`) ? [[key.slice(prefix.length + 1), value] as const] : []
  })
}

/** Entries by the first word of their keys. */
function groups(values: Readonly<Record<string, string>>, prefix: string): Map<string, Entry[]> {
  return grouped(under(values, prefix).filter(([key]) => key !== ''))
}

function grouped(entries: readonly Entry[]): Map<string, Entry[]> {
  const found = new Map<string, Entry[]>()
  for (const [key, value] of entries) {
    const [id = '', ...rest] = key.split('.')
    const group = found.get(id) ?? []
    group.push([rest.join('.'), value])
    found.set(id, group)
  }
  return found
}

/** `x.type=RollingFile` with `x.name=…` and components of its own below it. */
function component(name: string, entries: readonly Entry[]): Element {
  const element = new Element(entries.find(([key]) => key === 'type')?.[1].trim() ?? name)
  for (const [key, value] of entries) if (key !== '' && !key.includes('.')) element.set(key, value)
  const nested = entries.filter(([key]) => key.includes('.'))
  for (const [id, inner] of grouped(nested)) element.children.push(component(id, inner))
  return element
}

/** `rootLogger.level=INFO` with `appenderRef.x.ref=…`, or `rootLogger=INFO, STDOUT` in one. */
function loggerOf(kind: 'Logger' | 'Root', entries: readonly Entry[], id: string): Element {
  const element = component(
    kind,
    entries.filter(([key]) => key !== '' && !key.startsWith('appenderRef')),
  )
  const logger = new Element(kind)
  const [level, ...refs] = (entries.find(([key]) => key === '')?.[1] ?? '')
    .split(',')
    .map(word => word.trim())
  logger.set('name', element.get('name') ?? id)
  const own = element.get('level') ?? level
  if (own) logger.set('level', own)
  const named = entries.filter(([key]) => /^appenderRef\..*\.ref$/.test(key)).map(([, ref]) => ref)
  for (const ref of [...refs, ...named]) child(logger, 'AppenderRef').set('ref', ref)
  return logger
}
