import { key } from '../config/keys.ts'
import { oneOf } from '../config/validators.ts'

/** Set by the worker for header converters, by the converter itself for keys and values. */
export const CONVERTER_TYPE = 'converter.type'

export const converterType = key.string({
  importance: 'low',
  validator: oneOf('key', 'value', 'header'),
  doc: 'How this converter will be used.',
})
