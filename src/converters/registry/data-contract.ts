import { SerializationException } from '../../data/errors.ts'
import type { RegisteredSchema, SchemaRule } from './registry-answers.ts'

/**
 * Rules of a data contract are code of Java classes, such as the encryption of fields: data are never written or read as
 * if there were none. @throws SerializationException  Java: AbstractKafkaSchemaSerDe.executeRules without an executor
 */
export function refuseRules(schema: RegisteredSchema, direction: 'WRITE' | 'READ'): void {
  const rule = schema.rules.find(each => isInForce(each, direction))
  if (rule === undefined) return
  throw new SerializationException(`Could not find rule executor of type ${rule.type}`, {
    hint: `Rule "${rule.name}" of schema id ${schema.id} runs code that is not built in: use a JVM worker for this topic, or disable the rule.`,
  })
}

/** @throws SerializationException where a record of another version would have to be migrated */
export function refuseMigrations(schema: RegisteredSchema): void {
  const rule = schema.migrationRules[0]
  if (rule === undefined) return
  throw new SerializationException(`Could not find rule executor of type ${rule.type}`, {
    hint: `Migration rule "${rule.name}" of schema id ${schema.id} runs code that is not built in: use a JVM worker for this topic, or read without use.latest.version.`,
  })
}

function isInForce({ mode, onFailure }: SchemaRule, direction: 'WRITE' | 'READ'): boolean {
  if (mode !== direction && mode !== 'WRITEREAD') return false
  const actions = onFailure?.split(',') ?? []
  const action = mode === 'WRITEREAD' && direction === 'READ' ? (actions[1] ?? actions[0]) : actions[0]
  return action !== 'NONE'
}
