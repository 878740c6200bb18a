import { readFileSync, realpathSync, statfsSync } from 'node:fs'
import { ConnectException } from '../../data/errors.ts'

/** `f_type` of statfs(2) for file systems whose locks and syncs cannot be trusted. */
const NETWORK = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x517b, 'SMB'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x01021997, '9P'],
])
const FUSE = 0x65735546
/** FUSE also carries local file systems: the mount table names the program behind it. */
const NETWORK_FUSE =
  /^fuse\.(sshfs|s3fs|gcsfuse|rclone|glusterfs|davfs|mount-s3|goofys|ceph|juicefs|smbnetfs|curlftpfs)/i

/** The name of the network file system that `directory` (which exists) lies on, or null for a local one. */
export function networkFileSystem(directory: string): string | null {
  const type = statfsSync(directory).type >>> 0
  const known = NETWORK.get(type)
  if (known) return known
  if (type !== FUSE) return null
  const mounted = mountType(realpathSync(directory), readFileSync('/proc/self/mountinfo', 'utf8'))
  return mounted && NETWORK_FUSE.test(mounted) ? mounted : null
}

/** File system type of the mount that holds `path`, from the text of /proc/self/mountinfo. */
export function mountType(path: string, mountinfo: string): string | null {
  let longest = -1
  let type: string | null = null
  for (const line of mountinfo.split('\n')) {
    const fields = line.split(' ')
    const separator = fields.indexOf('-')
    const mount = fields[4]?.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    )
    if (mount === undefined || separator < 0) continue
    const inside = mount === '/' || path === mount || path.startsWith(`${mount}/`)
    // The later of two mounts at one place hides the earlier.
    if (inside && mount.length >= longest) {
      longest = mount.length
      type = fields[separator + 1] ?? null
    }
  }
  return type
}

/** Throws ConnectException when `directory` lies on a network file system. */
export function refuseNetworkFileSystem(directory: string): void {
  const name = networkFileSystem(directory)
  if (!name) return
  throw new ConnectException(
    `${directory} lies on a network file system (${name}), where the embedded log can lose acknowledged ` +
      'records. Set bunnect.data.dir to a directory on a local disk.',
  )
}
