/** Endpoints of Connect 4.3 that this version lacks: refused as unknown ones are, with what to do instead. */

interface Absent {
  path: RegExp
  /** Any method unless given. */
  method?: string
  what: string
  instead: string
}

const CONNECTOR = '^/connectors/[^/]+'
const ABSENT: readonly Absent[] = [
  {
    path: new RegExp(`${CONNECTOR}/offsets$`),
    what: 'Reading and changing offsets over REST',
    instead:
      'bunnect offsets export --java FILE worker.properties writes those of a standalone worker to a file; those of a cluster are in offset.storage.topic, those of a sink in the group connect-NAME.',
  },
]

/** The hint for a request that was refused with 404 or 405, or null where the JVM refuses it too. */
export function absentHint(method: string, path: string): string | null {
  const absent = ABSENT.find(one => one.path.test(path) && (one.method ?? method) === method)
  return absent ? `${absent.what} is not part of this version. ${absent.instead}` : null
}
