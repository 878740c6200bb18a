import { expect, test } from 'bun:test'
import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  lockHolders,
  mountType,
  networkFileSystem,
  networkFileSystemOf,
} from '../../../src/observe/file-system.ts'

const FUSE = 0x65735546
for (const [magic, type, name] of [
  [0x6969, 'nfs4', 'NFS'],
  [0xff534d42, 'cifs', 'CIFS'],
  [0xff534d42 | 0, 'cifs', 'CIFS'],
  [0xfe534d42, 'smb3', 'SMB2'],
  [0x01021997, '9p', '9p'],
  [FUSE, 'fuse.sshfs', 'fuse.sshfs'],
  [FUSE, 'fuse.glusterfs', 'fuse.glusterfs'],
  [FUSE, 'fuse.rclone', 'fuse.rclone'],
  [FUSE, 'fuseblk', null],
  [FUSE, 'virtiofs', null],
  [FUSE, 'fuse.mergerfs', null],
  [FUSE, null, null],
  [0xef53, 'ext4', null],
  [0x58465342, 'xfs', null],
  [0x9123683e, 'btrfs', null],
  [0x01021994, 'tmpfs', null],
  [0x794c7630, 'overlay', null],
] as const) {
  test(`statfs 0x${(magic >>> 0).toString(16)} mounted as ${type}: ${name ?? 'local'}`, () =>
    expect(networkFileSystem(magic, type)).toBe(name))
}

const MOUNTS = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 27 0:50 / /mnt rw - nfs4 server:/x rw
41 40 0:51 / /mnt/my\\040disk rw shared:5 - fuse.sshfs me@host: rw
42 27 0:33 / /mnt/twice rw - ext4 /dev/sdc rw
43 27 0:34 / /mnt/twice rw - fuse.rclone remote: rw
`
for (const [path, type] of [
  ['/', 'ext4'],
  ['/tmp', 'ext4'],
  ['/mnt', 'nfs4'],
  ['/mnt/a/b', 'nfs4'],
  ['/mntx', 'ext4'],
  ['/mnt/my disk/x', 'fuse.sshfs'],
  ['/mnt/twice/a', 'fuse.rclone'],
] as const) {
  test(`the mount of ${path} is ${type}`, () => expect(mountType(path, MOUNTS)).toBe(type))
}

test('the folder for temporary files is local here, by the real statfs', () => {
  expect(statfsSync(tmpdir()).type).toBeGreaterThan(0)
  expect(networkFileSystemOf(join(tmpdir(), 'x'))).toBeNull()
})

test('the holders of a lock, waiters and other namespaces left out', () => {
  const locks = `1: POSIX  ADVISORY  WRITE 9461 fe:00:10019143 1073741824 1073742335
1: -> POSIX  ADVISORY  WRITE 77 fe:00:10019143 1073741824 1073742335
2: POSIX  ADVISORY  READ -1 fe:00:10019143 0 EOF
3: FLOCK  ADVISORY  WRITE 5 fe:00:1001914 0 EOF
`
  expect(lockHolders(10019143, locks)).toEqual([9461])
})
