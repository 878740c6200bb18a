/** What words for a Java virtual machine say, as start scripts take them from KAFKA_OPTS and the like. */
export interface JvmOptions {
  /** -Dname=value */
  system: Record<string, string>
  /** -javaagent:, -agentlib:, -agentpath: with what follows. */
  agents: string[]
  /** The others, such as -Xmx2G. */
  other: string[]
}

/** Split at blanks as the scripts' shell does, which knows no quotes here; the last one of a name counts. */
export function jvmOptions(...texts: (string | undefined)[]): JvmOptions {
  const options: JvmOptions = { system: {}, agents: [], other: [] }
  for (const word of texts.flatMap(text => text?.trim().split(/\s+/) ?? [])) {
    const [, name, value = ''] = /^-D([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name !== undefined) options.system[name] = value
    else if (/^-(?:javaagent|agentlib|agentpath):/.test(word)) options.agents.push(word)
    else if (word !== '') options.other.push(word)
  }
  return options
}
