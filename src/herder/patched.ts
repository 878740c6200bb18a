import { hashMapOrder, tableSizeOfCopy } from '../data/java-hash.ts'
import type { SubmittedConfig } from './herder.ts'

/**
 * A configuration with keys set and, where the patch has null, removed; in the order of Java's HashMap, in which it
 * is stored and answered. Java: ConnectUtils.patchConfig (KIP-477)
 */
export function patched(config: SubmittedConfig, patch: SubmittedConfig): SubmittedConfig {
  const names = Object.keys(config)
  const added = Object.keys(patch).filter(name => patch[name] !== null && !Object.hasOwn(config, name))
  const ordered = hashMapOrder([...names, ...added], tableSizeOfCopy(names.length))
  // Not name by name: `__proto__` is one like any other.
  return Object.fromEntries(
    ordered.flatMap(name => {
      const isPatched = Object.hasOwn(patch, name)
      const value = (isPatched ? patch : config)[name] ?? null
      // Only a patch takes away; a null that the configuration has stays for validation to refuse.
      return isPatched && value === null ? [] : [[name, value]]
    }),
  )
}
