import type { SubmittedConfig } from './herder.ts'

/** A configuration with keys set and, where the patch has null, removed. Java: ConnectUtils.patchConfig (KIP-477) */
export function patched(config: SubmittedConfig, patch: SubmittedConfig): SubmittedConfig {
  const result = { ...config }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = value
  }
  return result
}
