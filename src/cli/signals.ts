export interface ReceivedSignal {
  name: 'SIGTERM' | 'SIGINT'
  /** 128 + signal number, as the JVM's shutdown hooks leave it. */
  exitCode: number
}

const SIGNALS: ReceivedSignal[] = [
  { name: 'SIGTERM', exitCode: 143 },
  { name: 'SIGINT', exitCode: 130 },
]

/** Resolves `received` with the first SIGTERM or SIGINT; a second one ends the process at once. */
export function untilSignal(): { received: Promise<ReceivedSignal>; dispose(): void } {
  const { promise, resolve } = Promise.withResolvers<ReceivedSignal>()
  let count = 0
  const listeners = SIGNALS.map(signal => {
    const listener = () => {
      if (count++ > 0) process.exit(signal.exitCode)
      resolve(signal)
    }
    process.on(signal.name, listener)
    return { name: signal.name, listener }
  })
  return {
    received: promise,
    dispose() {
      for (const { name, listener } of listeners) process.off(name, listener)
    },
  }
}
