import { expect, test } from 'bun:test'
import {
  mountType,
  networkFileSystem,
  refuseNetworkFileSystem,
} from '../../../src/kafka/embedded/file-system.ts'

const MOUNTS = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw
23 22 0:21 / /proc rw - proc proc rw
24 22 0:30 / /mnt/remote rw - fuse.sshfs host:/data rw
25 24 0:31 / /mnt/remote/local rw master:2 - ext4 /dev/sdb rw
26 22 0:32 / /mnt/with\\040space rw - nfs4 server:/x rw
27 22 0:33 / /mnt/twice rw - ext4 /dev/sdc rw
28 22 0:34 / /mnt/twice rw - fuse.rclone remote: rw`

test('the mount that holds a path', () => {
  const cases: [string, string][] = [
    ['/', 'ext4'],
    ['/mnt/remotely', 'ext4'],
    ['/mnt/remote', 'fuse.sshfs'],
    ['/mnt/remote/a/b', 'fuse.sshfs'],
    ['/mnt/remote/local/a', 'ext4'],
    ['/mnt/with space/a', 'nfs4'],
    ['/mnt/twice/a', 'fuse.rclone'],
  ]
  for (const [path, type] of cases) expect([path, mountType(path, MOUNTS)]).toEqual([path, type])
})

test('the disk of this checkout is local', () => {
  expect(networkFileSystem(import.meta.dir)).toBeNull()
  refuseNetworkFileSystem(import.meta.dir)
})
