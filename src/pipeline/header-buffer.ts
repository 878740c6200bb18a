import type { ByteSink } from '../data/bytes.ts'
import type { ConnectHeaders } from '../data/headers.ts'
import type { PackedBatch } from '../kafka/packed-batch.ts'
import type { HeaderConverter } from '../sdk/plugin.ts'

/** The encoded headers of one record: Java converts them before key and value, the batch holds them after. */
export class HeaderBuffer {
  readonly #names: string[] = []
  readonly #values: (Uint8Array | null)[] = []
  readonly #field = new Field()

  encode(topic: string, headers: ConnectHeaders, converter: HeaderConverter): void {
    this.#names.length = 0
    this.#values.length = 0
    for (const header of headers) {
      converter.serialize(topic, header.key, header.schema, header.value, this.#field)
      this.#names.push(header.key)
      this.#values.push(this.#field.take())
    }
  }

  appendTo(batch: PackedBatch): void {
    for (let i = 0; i < this.#names.length; i++) batch.header(this.#names[i]!, this.#values[i]!)
  }
}

class Field implements ByteSink {
  #parts: Uint8Array[] = []
  #isNull = false

  putNull(): void {
    this.#isNull = true
  }
  putBytes(bytes: Uint8Array): void {
    this.#parts.push(bytes)
  }
  putUtf8(text: string): void {
    // A lone surrogate becomes `?`, as Java's encoder does.
    this.#parts.push(Buffer.from(text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, '?'), 'utf8'))
  }

  take(): Uint8Array | null {
    const bytes = this.#isNull
      ? null
      : this.#parts.length === 1
        ? this.#parts[0]!
        : Buffer.concat(this.#parts)
    this.#parts = []
    this.#isNull = false
    return bytes
  }
}
