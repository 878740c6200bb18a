import { readFileSync, realpathSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** statfs(2) types of file systems that several machines can write: SQLite's locks mean nothing there. */
const NETWORK_MAGIC: Readonly<Record<number, string>> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'CIFS',
  4266872130: 'SMB2',
  16914839: '9p',
  12805120: 'Ceph',
  198183888: 'Lustre',
  1196443219: 'GPFS',
  428016422: 'BeeGFS',
  1397113167: 'AFS',
  1799439955: 'AFS',
  1937076805: 'Coda',
  22092: 'NCP',
  18225520: 'GFS2',
  1952539503: 'OCFS2',
  2866260714: 'PanFS',
}
const FUSE_MAGIC = 0x65735546
/** Local file systems that happen to run in user space; every other one behind FUSE is taken for remote. */
const LOCAL_FUSE =
  /^(fuseblk|virtiofs|fuse\.(ntfs|ntfs-3g|exfat|mergerfs|bindfs|lxcfs|fuse-overlayfs|gocryptfs|encfs|zfs-fuse|osxfs|grpcfuse))$/

/**
 * The name of the network file system that a statfs type stands for, or null for a local one. `mountType` is
 * the type in /proc/self/mountinfo (`fuse.sshfs`), which tells apart what shares FUSE's number.
 */
export function networkFileSystem(magic: number, mountType: string | null): string | null {
  const unsigned = magic >>> 0
  if (unsigned !== FUSE_MAGIC) return NETWORK_MAGIC[unsigned] ?? null
  if (mountType === null || mountType === 'fuse' || LOCAL_FUSE.test(mountType)) return null
  return mountType
}

/** The file system type of the mount that holds `path`, by the text of /proc/self/mountinfo. */
export function mountType(path: string, mountInfo: string): string | null {
  let best = ''
  let type: string | null = null
  for (const line of mountInfo.split('\n')) {
    const [left, right] = line.split(' - ')
    const point = left?.split(' ')[4]?.replace(/\\([0-7]{3})/g, (_, o) => String.fromCharCode(parseInt(o, 8)))
    if (!point || !right || point.length < best.length) continue
    if (path === point || point === '/' || path.startsWith(`${point}/`)) {
      best = point
      type = right.split(' ')[0] ?? null
    }
  }
  return type
}

/** The network file system that a file in the existing folder of `path` would lie on, or null. */
export function networkFileSystemOf(path: string): string | null {
  const folder = realpathSync(dirname(path))
  const magic = statfsSync(folder).type
  const info = magic >>> 0 === FUSE_MAGIC ? readFileSync('/proc/self/mountinfo', 'utf8') : ''
  return networkFileSystem(magic, mountType(folder, info))
}

/** The processes that hold a lock on a file, by the text of /proc/locks; -1, another namespace's, is left out. */
export function lockHolders(inode: number | bigint, locks: string): number[] {
  const pids = new Set<number>()
  for (const line of locks.split('\n')) {
    const fields = line.trim().split(/\s+/)
    const pid = Number(fields[4])
    if (fields[5]?.split(':')[2] === String(inode) && pid > 0) pids.add(pid)
  }
  return [...pids]
}

/** The processes that hold a lock on `path`, as far as this machine tells. */
export function lockHoldersOf(path: string): number[] {
  try {
    return lockHolders(statSync(path).ino, readFileSync('/proc/locks', 'utf8'))
  } catch {
    return [] // Only a hint for the person: without /proc the message goes without the pid.
  }
}
