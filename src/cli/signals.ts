import { readFileSync } from 'node:fs'

export interface ReceivedSignal {
  name: 'SIGHUP' | 'SIGINT' | 'SIGTERM'
  /** 128 + signal number, as the JVM ends after its shutdown hooks. */
  exitCode: number
}

const SIGNALS: readonly ReceivedSignal[] = [
  { name: 'SIGHUP', exitCode: 129 },
  { name: 'SIGINT', exitCode: 130 },
  { name: 'SIGTERM', exitCode: 143 },
]

const SAME_MS = 500

/**
 * Resolves `received` with the first signal that asks for an end; a second one ends the process at once. The same
 * signal within half a second is no second one: timeout(1) sends its own to the process and again to the group. What
 * the parent has had ignored (`nohup`) stays ignored, as in the JVM.
 */
export function untilSignal(): { received: Promise<ReceivedSignal>; dispose(): void } {
  const { promise, resolve } = Promise.withResolvers<ReceivedSignal>()
  let first: { name: string; at: number } | null = null
  const listeners = SIGNALS.filter(signal => !isIgnored(signal)).map(signal => {
    const listener = () => {
      if (first === null) {
        first = { name: signal.name, at: performance.now() }
        return resolve(signal)
      }
      if (first.name !== signal.name || performance.now() - first.at > SAME_MS) process.exit(signal.exitCode)
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

/** By the mask in proc(5): bit n - 1 stands for signal n. */
function isIgnored({ exitCode }: ReceivedSignal): boolean {
  let mask: string | undefined
  try {
    mask = /^SigIgn:\t([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]
  } catch {
    return false // Without /proc nothing is known; a signal that is handled is the safer guess.
  }
  return mask !== undefined && ((BigInt(`0x${mask}`) >> BigInt(exitCode - 129)) & 1n) === 1n
}
