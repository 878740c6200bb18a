/** From linux/prctl.h and signal.h. */
const PR_SET_PDEATHSIG = 1
const SIGKILL = 9

/**
 * Has the kernel end this process when its parent ends, however that happens: also while a plugin keeps the event
 * loop from turning. Returns false when the parent has ended already.
 */
export function dieWithParent(parent: number): boolean {
  const { dlopen } = require('bun:ffi') as typeof import('bun:ffi')
  const libc = dlopen('libc.so.6', {
    prctl: { args: ['i32', 'u64', 'u64', 'u64', 'u64'], returns: 'i32' },
  })
  try {
    libc.symbols.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
  } finally {
    libc.close()
  }
  return process.ppid === parent
}
