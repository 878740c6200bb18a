/*
 * Stand-ins for what newer versions of GLIBC added and the static libraries of the build machine use. They are
 * linked into the addon and hidden, so that it runs on older systems; each does what the real one would.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* 2.32. False makes shared_ptr and friends use atomic instructions always, which is right with threads. */
char __libc_single_threaded = 0;

/* 2.33: functions since then, macros over __fxstat() before. The kernel's struct is the same on x86-64. */
int stat(const char *path, struct stat *out) { return (int)syscall(SYS_stat, path, out); }
int lstat(const char *path, struct stat *out) { return (int)syscall(SYS_lstat, path, out); }
int fstat(int fd, struct stat *out) { return (int)syscall(SYS_fstat, fd, out); }
int stat64(const char *path, struct stat64 *out) { return (int)syscall(SYS_stat, path, out); }
int fstat64(int fd, struct stat64 *out) { return (int)syscall(SYS_fstat, fd, out); }

/* 2.35: a faster way for the unwinder to find a module's tables; -1 sends it to dl_iterate_phdr(). */
int _dl_find_object(void *address, void *result) {
  (void)address;
  (void)result;
  return -1;
}

/* 2.36: std::random_device uses it. */
uint32_t arc4random(void) {
  uint32_t value;
  while (getrandom(&value, sizeof value, 0) != (ssize_t)sizeof value)
    if (errno != EINTR) abort();
  return value;
}
