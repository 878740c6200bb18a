/** Numbers, hash order and JSON text as the JVM has them. */
import { describe, expect, test } from 'bun:test'
import { jsonConverterPlugin } from '../../src/converters/json/json-converter.ts'
import { valueEquals } from '../../src/data/equality.ts'
import { hashMapOrder, stringHashCode } from '../../src/data/java-hash.ts'
import { doubleText, floatText } from '../../src/data/java-number-text.ts'
import { javaText } from '../../src/data/java-text.ts'
import { SchemaAndValue } from '../../src/data/schema.ts'
import { CollectingSink } from './data/sink.ts'
import file from './vectors/java-order-and-text.json'
import numbersFile from './vectors/jdk17-numbers.json'

const view = new DataView(new ArrayBuffer(8))
const json = jsonConverterPlugin.converter!({ 'schemas.enable': 'false' }, false)

describe('JDK 17 number texts', () => {
  for (const [kind, bits, text] of numbersFile.numbers as [string, string, string][]) {
    test(`${kind} ${bits} ${text}`, () => {
      if (kind === 'd') {
        view.setBigUint64(0, BigInt(`0x${bits}`))
        expect(doubleText(view.getFloat64(0))).toBe(text)
      } else {
        view.setUint32(0, Number.parseInt(bits, 16))
        expect(floatText(view.getFloat32(0))).toBe(text)
      }
    })
  }
})

describe('HashMap order', () => {
  for (const { inserted, stringHashCode: codes, iterationOrder } of file.javaHashMapOrder) {
    test(inserted.join(' '), () => {
      const ours = Object.fromEntries(inserted.map(key => [key, stringHashCode(key)]))
      expect(ours).toEqual(codes as unknown as Record<string, number>)
      expect(hashMapOrder(inserted)).toEqual(iterationOrder)
    })
  }
})

describe('JSON written', () => {
  for (const { inputUtf16Units, hex, note } of file.jsonText.write) {
    test(note, () => {
      const sink = new CollectingSink()
      const text = String.fromCharCode(...inputUtf16Units.map(unit => Number.parseInt(unit, 16)))
      json.serialize('t', null, text, sink)
      expect(sink.bytes()?.toString('hex')).toBe(hex)
    })
  }
})

/** `a=7 (int64), b=1.0 (double)` names the Java class in words. */
const withoutClasses = (text: string): string => text.replace(/ \((int64|double)(, wrapped)?\)/g, '')

describe('JSON read', () => {
  for (const { bytesUtf8, value, valueText, error } of file.jsonText.read) {
    test(JSON.stringify(bytesUtf8), () => {
      const data = Buffer.from(bytesUtf8)
      const into = new SchemaAndValue()
      const read = (): void => json.deserialize('t', data, 0, data.length, into)
      if (error !== undefined) return expect(read).toThrow('Converting byte[] to Kafka Connect data failed')
      read()
      if (valueText !== undefined) expect(javaText(into.value)).toBe(withoutClasses(valueText))
      else expect(valueEquals(into.value, value)).toBe(true)
    })
  }
})
