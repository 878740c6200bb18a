import type { Context, Hono } from 'hono'
import { errors } from '../../errors.ts'
import { removeMode, setMode } from '../../modes.ts'
import type { Registry } from '../../registry.ts'
import { isValidSubject, normalizeSubject } from '../../subject.ts'
import { answer, changedConfigBody } from '../answers.ts'
import { readConfig, readMode } from '../bodies.ts'
import { flag } from '../parameters.ts'

/** Java: io.confluent.kafka.schemaregistry.rest.resources.ConfigResource */
export function configRoutes(app: Hono, registry: Registry): void {
  const { scopes, store } = registry
  const change = async (c: Context) => {
    const changed = await readConfig(c)
    const subject = checkedScope(c)
    registry.checkWritable(subject)
    const config = store.write(() => {
      const next = changed(scopes.storedConfig(subject) ?? {})
      scopes.putConfig(subject, next)
      return next
    })
    return answer(c, changedConfigBody(config))
  }
  const show = (c: Context) => {
    const subject = scopeOf(c)
    const config = flag(c, 'defaultToGlobal') ? scopes.config(subject) : scopes.ownConfig(subject)
    if (config === null) throw errors.levelNotConfigured(subject!)
    return answer(c, config)
  }
  const remove = (c: Context) => {
    const subject = scopeOf(c)
    const config = scopes.ownConfig(subject)
    if (config === null) throw errors.subjectNotFound(subject!)
    registry.checkWritable(subject)
    store.write(() => scopes.removeConfig(subject))
    return answer(c, config)
  }
  for (const path of ['/config', '/config/:subject']) {
    app.get(path, show)
    app.put(path, change)
    app.delete(path, remove)
  }
}

/** Java: io.confluent.kafka.schemaregistry.rest.resources.ModeResource */
export function modeRoutes(app: Hono, registry: Registry): void {
  const { scopes } = registry
  for (const path of ['/mode', '/mode/:subject']) {
    app.get(path, c => {
      const subject = scopeOf(c)
      const mode = flag(c, 'defaultToGlobal') ? scopes.mode(subject) : scopes.ownMode(subject)
      if (mode === null) throw errors.modeNotConfigured(subject!)
      return answer(c, { mode })
    })
    app.put(path, async c => {
      const written = await readMode(c)
      const subject = checkedScope(c)
      return answer(c, { mode: setMode(registry, subject, written, flag(c, 'force')) })
    })
  }
  app.delete('/mode/:subject', c => answer(c, { mode: removeMode(registry, subjectOrContext(c)) }))
}

/** Null is all: no subject, or the default context. */
function scopeOf(c: Context): string | null {
  const text = c.req.param('subject')
  return text === undefined ? null : normalizeSubject(text) || null
}

function subjectOrContext(c: Context): string {
  return normalizeSubject(c.req.param('subject')!)
}

function checkedScope(c: Context): string | null {
  const text = c.req.param('subject')
  if (text !== undefined && !isValidSubject(text, true)) throw errors.invalidSubject(text)
  return scopeOf(c)
}
