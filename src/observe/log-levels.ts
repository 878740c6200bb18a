/**
 * Levels by logger name, as Log4j2 keeps them: a logger without a level of its own has that of the nearest name above
 * it. Each logger holds its effective level, so that asking costs one comparison; a change, which is rare, goes
 * through all of them.
 */
export type Level = 'ALL' | 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL' | 'OFF'

const LEVELS: readonly Level[] = ['ALL', 'TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'OFF']

/** The name that Connect gives the logger above all others. */
export const ROOT = 'root'

/** A name that code or configuration has used. */
export interface NamedLogger {
  readonly name: string
  /** null: that of the nearest name above. */
  own: Level | null
  /** Position of the effective level; what ranks below it is not written. */
  threshold: number
  /** Epoch ms of the last change by a person, null if there was none. */
  lastModified: number | null
}

/** Levels of their own, by name; a plain pair travels to task hosts. */
export type OwnLevels = readonly (readonly [name: string, level: Level])[]

const START: Level = 'INFO'
const root: NamedLogger = { name: ROOT, own: START, threshold: rankOf(START), lastModified: null }
const named = new Map<string, NamedLogger>()
const onChange = new Set<() => void>()
const onNew = new Set<(name: string) => void>()

export function rankOf(level: Level): number {
  return LEVELS.indexOf(level)
}

export function levelOf({ threshold }: NamedLogger): Level {
  return LEVELS[threshold]!
}

/** The level that a text means, in any case and with blanks around it; null for any other text. */
export function parseLevel(text: string): Level | null {
  const wanted = text.trim().toUpperCase()
  return LEVELS.find(level => level === wanted) ?? null
}

/** The logger of a name, which from now on is one that code has used. `root` in any case and '' are the root. */
export function namedLogger(name: string): NamedLogger {
  const known = findLogger(name)
  if (known) return known
  const made: NamedLogger = { name, own: null, threshold: inherited(name), lastModified: null }
  named.set(name, made)
  for (const tell of onNew) tell(name)
  return made
}

export function findLogger(name: string): NamedLogger | undefined {
  return isRoot(name) ? root : named.get(name)
}

/** Root first. */
export function allLoggers(): NamedLogger[] {
  return [root, ...named.values()]
}

/** The logger of this name and those below it. */
export function loggersFrom(name: string): NamedLogger[] {
  if (isRoot(name)) return allLoggers()
  return [namedLogger(name), ...[...named.values()].filter(other => other.name.startsWith(`${name}.`))]
}

/** To be followed by `levelsChanged`. */
export function setOwnLevel(logger: NamedLogger, level: Level): void {
  logger.own = level
}

/** Gives every logger its effective level anew and tells those who follow. */
export function levelsChanged(): void {
  root.threshold = rankOf(root.own!)
  for (const logger of named.values())
    logger.threshold = logger.own === null ? inherited(logger.name) : rankOf(logger.own)
  for (const tell of onChange) tell()
}

export function ownLevels(): OwnLevels {
  return allLoggers().flatMap(({ name, own }) => (own === null ? [] : [[name, own] as const]))
}

/** Puts these in place of all levels that there are; those of names that are not given are inherited. */
export function replaceLevels(levels: OwnLevels): void {
  for (const logger of named.values()) logger.own = null
  for (const [name, level] of levels) namedLogger(name).own = level
  levelsChanged()
}

/** Calls back after every change of levels; returns what ends that. */
export function followLevels(tell: () => void): () => void {
  onChange.add(tell)
  return () => void onChange.delete(tell)
}

/** Calls back with every name that is used for the first time; returns what ends that. */
export function followNames(tell: (name: string) => void): () => void {
  onNew.add(tell)
  return () => void onNew.delete(tell)
}

function isRoot(name: string): boolean {
  return name === '' || (name.length === ROOT.length && name.toLowerCase() === ROOT)
}

function inherited(name: string): number {
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const own = named.get(name.slice(0, dot))?.own
    if (own) return rankOf(own)
  }
  return rankOf(root.own!)
}
