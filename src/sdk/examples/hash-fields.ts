/** A transformation: puts a keyed hash in the place of personal data, so that records can still be joined by it. */
import { createHmac } from 'node:crypto'
import { DataException, key, Struct, transformation } from 'bunnect'

export const hashFields = transformation({
  className: 'example.HashFields',
  version: '1.0.0',
  doc: 'Replaces texts in the value by their HMAC-SHA256.',
  config: {
    fields: key.list({ doc: 'Fields of the value to hash.', importance: 'high' }),
    // Shown as [hidden] wherever the configuration is shown.
    secret: key.password({ doc: 'Key of the hash.', importance: 'high' }),
  },
  create({ fields, secret }) {
    const hash = (text: unknown) => createHmac('sha256', secret.value()).update(String(text)).digest('hex')
    return {
      apply(record) {
        const { value, valueSchema } = record
        if (value === null) return record
        return record.newRecord(
          record.topic,
          record.kafkaPartition,
          record.keySchema,
          record.key,
          valueSchema,
          // Never in place: others may hold the same value.
          value instanceof Struct ? hashedStruct(value) : hashedMap(value),
          record.timestamp,
        )
      },
    }

    function hashedStruct(struct: Struct): Struct {
      const copy = new Struct(struct.schema)
      for (const field of struct.schema.fields) {
        const value = struct.getWithoutDefault(field)
        if (value !== null) copy.put(field, fields.includes(field.name) ? hash(value) : value)
      }
      return copy
    }

    function hashedMap(value: unknown): Record<string, unknown> {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw new DataException('HashFields needs a Struct or a map as value')
      }
      const copy: Record<string, unknown> = value instanceof Map ? Object.fromEntries(value) : { ...value }
      for (const field of fields) if (copy[field] != null) copy[field] = hash(copy[field])
      return copy
    }
  },
})
