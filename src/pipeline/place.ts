/** Names the place of an error in the first frame of its trace: the lines that the JVM shows too stay the JVM's. */
export function withPlace<E extends Error>(error: E, place: string): E {
  error.stack = (error.stack ?? '').replace(/\n|$/, () => `\n    at ${place.replaceAll(/\s+/g, ' ')}\n`)
  return error
}
