/** A predicate: true for records of which one field fits a pattern. */
import { key, predicate, Struct, satisfies } from 'bunnect'

export const fieldMatches = predicate({
  className: 'example.FieldMatches',
  version: '1.0.0',
  config: {
    field: key.string({ doc: 'Field of the value.', importance: 'high' }),
    pattern: key.string({
      doc: 'JavaScript regular expression.',
      importance: 'high',
      validator: satisfies<string>(text => (isPattern(text) ? null : 'Must be a regular expression')),
    }),
  },
  create({ field, pattern }) {
    const expression = new RegExp(pattern)
    return {
      test({ value }) {
        const found =
          value instanceof Struct
            ? value.schema.field(field) && value.get(field)
            : value instanceof Map
              ? value.get(field)
              : (value as Record<string, unknown> | null)?.[field]
        return found != null && expression.test(String(found))
      },
    }
  },
})

function isPattern(text: string | null): boolean {
  try {
    return text === null || new RegExp(text) !== null
  } catch {
    return false
  }
}
