/** A map that forgets what was used least recently. Java: org.apache.kafka.common.cache.LRUCache */
export class LruCache<K, V> {
  private readonly entries = new Map<K, V>()

  /** @param limit most entries; 0 keeps nothing */
  constructor(private readonly limit: number) {}

  get(key: K): V | undefined {
    const value = this.entries.get(key)
    if (value !== undefined) {
      this.entries.delete(key)
      this.entries.set(key, value)
    }
    return value
  }

  set(key: K, value: V): void {
    if (this.limit <= 0) return
    this.entries.delete(key)
    this.entries.set(key, value)
    if (this.entries.size > this.limit) this.entries.delete(this.entries.keys().next().value as K)
  }
}
