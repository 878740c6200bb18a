import type { PackedBatch } from '../packed-batch.ts'

/**
 * Number of each topic of one side for the other side: the native client numbers topics for as long as it lives, a
 * batch for as long as it likes. Kept as the bytes of an Int32Array, which the native side reads.
 */
export class TopicNumbers {
  #numbers = new Int32Array(16)
  #names: (string | undefined)[] = []
  #bytes = new Uint8Array(0)

  /** Numbers of `names`, given by `numberOf` for those that are not known yet or have changed. */
  of(names: readonly string[], numberOf: (name: string) => number): Uint8Array {
    const length = names.length
    if (length > this.#numbers.length) {
      const grown = new Int32Array(length * 2)
      grown.set(this.#numbers)
      this.#numbers = grown
    }
    for (let i = 0; i < length; i++) {
      const name = names[i]!
      if (this.#names[i] === name) continue
      this.#numbers[i] = numberOf(name)
      this.#names[i] = name
    }
    if (this.#bytes.byteLength !== length * 4 || this.#bytes.buffer !== this.#numbers.buffer) {
      this.#bytes = new Uint8Array(this.#numbers.buffer, 0, length * 4)
    }
    return this.#bytes
  }

  /** Numbers of `names` in `batch`. */
  inBatch(names: readonly string[], batch: PackedBatch): Uint8Array {
    for (let i = 0; i < names.length; i++) {
      if (batch.topics[this.#numbers[i]!] !== names[i]) this.#names[i] = undefined
    }
    return this.of(names, name => batch.topicNumber(name))
  }
}
