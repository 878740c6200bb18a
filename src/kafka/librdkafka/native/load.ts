import { closeSync, readFileSync, writeSync } from 'node:fs'
import path from './kafka.addon' with { type: 'file' }

/** Where Bun keeps the files that were compiled into an executable; only Bun itself can open them. */
const EMBEDDED = '/$bunfs/'

let addon: unknown

/**
 * The native Kafka client: the addon of `@confluentinc/kafka-javascript` with our packed entry points. The first
 * call loads it (some 20 ms), so call it when the first client is needed and not before. Throws an Error that
 * says what the host does not allow.
 */
export function loadAddon<Addon>(): Addon {
  addon ??= path.startsWith(EMBEDDED) ? openEmbedded() : open(path)
  return addon as Addon
}

function open(file: string): unknown {
  const module = { exports: {} }
  process.dlopen(module, file)
  return module.exports
}

/**
 * Loads the addon out of the executable through a file that exists in memory only: Bun's own way unpacks it into
 * the temporary folder, which fails where that is mounted noexec or read-only, and leaves it there.
 */
function openEmbedded(): unknown {
  const fd = createMemoryFile()
  try {
    const bytes = unpacked(readFileSync(path))
    for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written)
    return open(`/proc/self/fd/${fd}`)
  } catch (cause) {
    throw new Error(
      `The native Kafka client cannot be loaded from memory (/proc/self/fd/${fd}): ${(cause as Error).message}. ` +
        'It needs a mounted /proc and a security policy that lets a process map its own memfd as executable.',
      { cause },
    )
  } finally {
    // What was mapped stays mapped.
    closeSync(fd)
  }
}

/** How a Zstandard frame begins (RFC 8878). */
const ZSTD = 0xfd2fb528

/** It lies packed in the executable: whatever of that is read stays in the memory of the process, the worker's or a host's. */
function unpacked(bytes: Buffer): Uint8Array {
  return bytes.readUInt32LE() === ZSTD ? Bun.zstdDecompressSync(bytes) : bytes
}

// From linux/memfd.h.
const MFD_CLOEXEC = 1
const MFD_NOEXEC_SEAL = 8
const MFD_EXEC = 16

function createMemoryFile(): number {
  const { dlopen } = require('bun:ffi') as typeof import('bun:ffi')
  const libc = dlopen('libc.so.6', { memfd_create: { args: ['cstring', 'u32'], returns: 'i32' } })
  const name = Buffer.from('bunnect-kafka\0')
  try {
    // Kernels before 6.3 know neither of the two; later ones may be set up to insist on the last.
    for (const flags of [MFD_CLOEXEC | MFD_EXEC, MFD_CLOEXEC, MFD_CLOEXEC | MFD_NOEXEC_SEAL]) {
      const fd = libc.symbols.memfd_create(name, flags)
      if (fd >= 0) return fd
    }
  } finally {
    libc.close()
  }
  throw new Error(
    'The native Kafka client cannot be loaded: the system refuses memfd_create(). It needs Linux 3.17 or newer, ' +
      'and a sandbox (seccomp) that allows this call.',
  )
}
