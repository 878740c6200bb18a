/** Plugins that have no configuration to show: config providers and override policies, by class and alias. */

const OTHERS: readonly [folder: string, suffix: string, names: readonly string[]][] = [
  ['org.apache.kafka.common.config.provider.', 'ConfigProvider', ['Directory', 'EnvVar', 'File']],
  [
    'org.apache.kafka.connect.connector.policy.',
    'ConnectorClientConfigOverridePolicy',
    ['All', 'Allowlist', 'None', 'Principal'],
  ],
]

const NAMES = new Set(
  OTHERS.flatMap(([folder, suffix, names]) =>
    names.flatMap(name => [name, name + suffix, folder + name + suffix]),
  ),
)

/** True for a plugin of a kind that `/connector-plugins` does not list. */
export function isOtherPlugin(classOrAlias: string): boolean {
  return NAMES.has(classOrAlias)
}
