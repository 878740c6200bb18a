import type { OptionValue } from './elements.ts'

/** What `(confluent.…_meta)` is set to. Java: ProtobufSchema.toOption */
export function metaOption(
  doc: string,
  params: ReadonlyMap<string, string>,
  tags: readonly string[],
): ReadonlyMap<string, OptionValue> {
  const map = new Map<string, OptionValue>()
  if (doc !== '') map.set('doc', doc)
  if (params.size > 0)
    map.set(
      'params',
      [...params].map(([key, value]) =>
        // Older versions wrote these two so, and schemas are compared as text.
        key === 'precision' || key === 'scale'
          ? new Map([
              ['value', value],
              ['key', key],
            ])
          : new Map([
              ['key', key],
              ['value', value],
            ]),
      ),
    )
  if (tags.length > 0) map.set('tags', tags)
  return map
}
