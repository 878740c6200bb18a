/**
 * Names of subjects: `:.context:name`, or a name alone in the default context. Ids count in each context for itself.
 * Java: io.confluent.kafka.schemaregistry.utils.QualifiedSubject
 */

/** Of subjects without a context. */
export const DEFAULT_CONTEXT = '.'
/** As a prefix of subjects: those of every context. */
export const EVERY_CONTEXT = ':*:'
/** Configuration for subjects of all contexts. */
export const GLOBAL_CONTEXT = ':.__GLOBAL:'

const RESERVED = new Set(['__GLOBAL', '__EMPTY'])

export interface QualifiedSubject {
  /** With its dot. */
  readonly context: string
  /** Empty where the context itself is meant. */
  readonly name: string
}

export function parseSubject(text: string): QualifiedSubject {
  if (text.startsWith(EVERY_CONTEXT)) return { context: '*', name: text.slice(EVERY_CONTEXT.length) }
  if (!text.startsWith(':.')) return { context: DEFAULT_CONTEXT, name: text }
  const end = text.indexOf(':', 2)
  return end < 0
    ? { context: text.slice(1), name: '' }
    : { context: text.slice(1, end), name: text.slice(end + 1) }
}

function formatSubject({ context, name }: QualifiedSubject): string {
  return contextPrefix(context) + name
}

/** What every subject of a context begins with; empty for the default one. */
export function contextPrefix(context: string): string {
  return context === DEFAULT_CONTEXT ? '' : `:${context}:`
}

/** `:.:name` is `name`. */
export function normalizeSubject(text: string): string {
  return formatSubject(parseSubject(text))
}

/** A subject that another one names lies in the other's context unless it says its own. */
export function besideSubject(parent: string, text: string): string {
  const own = parseSubject(text)
  if (own.context !== DEFAULT_CONTEXT) return formatSubject(own)
  return formatSubject({ context: parseSubject(parent).context, name: own.name })
}

/**
 * Every context is one to ask for, none to keep anything in. `forSettings`: the context alone, and the global one, may
 * be named, too.
 */
export function isValidSubject(text: string, forSettings = false): boolean {
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) return false
  const { context, name } = parseSubject(text)
  if (RESERVED.has(name) || contextPrefix(context) === EVERY_CONTEXT) return false
  return forSettings || contextPrefix(context) !== GLOBAL_CONTEXT
}
