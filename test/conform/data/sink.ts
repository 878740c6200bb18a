import type { ByteSink } from '../../../src/data/bytes.ts'

/** Collects what a converter writes. */
export class CollectingSink implements ByteSink {
  private parts: Buffer[] = []
  private isNull = false

  putNull(): void {
    this.isNull = true
  }

  putBytes(bytes: Uint8Array, length = bytes.length): void {
    this.parts.push(Buffer.from(bytes.subarray(0, length)))
  }

  putUtf8(text: string): void {
    this.parts.push(Buffer.from(text))
  }

  bytes(): Buffer | null {
    return this.isNull ? null : Buffer.concat(this.parts)
  }
}
