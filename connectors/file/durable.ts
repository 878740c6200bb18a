import { type FileHandle, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Puts a file with these bytes in the place of `path`: after a power loss it is either the old one or this one. */
export async function replaceDurably(path: string, bytes: Uint8Array): Promise<void> {
  const building = `${path}.new`
  try {
    const file = await open(building, 'w')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(building, path)
    await syncFolderOf(path)
  } catch (error) {
    await unlink(building).catch(() => {}) // The first error is the one that counts.
    throw error
  }
}

/**
 * Names given and taken in the folder of `path` are on the disk afterwards; false where that cannot be asked for:
 * in a folder that this user may not list, on a file system without it.
 */
export async function syncFolderOf(path: string): Promise<boolean> {
  let folder: FileHandle | null = null
  try {
    folder = await open(dirname(path), 'r')
    await folder.sync()
    return true
  } catch (error) {
    if (UNSUPPORTED.includes((error as { code?: string }).code ?? '')) return false
    throw error
  } finally {
    await folder?.close()
  }
}

const UNSUPPORTED = ['EACCES', 'EPERM', 'EINVAL', 'ENOTSUP']
