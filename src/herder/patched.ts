import { hashMapOrder, tableSizeOfCopy } from '../data/java-hash.ts'
import type { SubmittedConfig } from './herder.ts'

/**
 * A configuration with keys set and, where the patch has null, removed; in the order of Java's HashMap, in which it
 * is stored and answered. Java: ConnectUtils.patchConfig (KIP-477)
 */
export function patched(config: SubmittedConfig, patch: SubmittedConfig): SubmittedConfig {
  const names = Object.keys(config)
  const added = Object.keys(patch).filter(name => patch[name] !== null && !Object.hasOwn(config, name))
  const result: SubmittedConfig = {}
  for (const name of hashMapOrder([...names, ...added], tableSizeOfCopy(names.length))) {
    const value = Object.hasOwn(patch, name) ? patch[name] : config[name]
    // Only a patch takes away; a null that the configuration has stays for validation to refuse.
    if (value !== undefined && !(value === null && Object.hasOwn(patch, name))) result[name] = value
  }
  return result
}
