/*
 * Stand-ins for what newer versions of GLIBC added and the static libraries of the build machine use. They are
 * linked into the addon and hidden, so that it runs on older systems; each does what the real one would.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
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

#ifdef DLFO_STRUCT_HAS_EH_DBASE
/*
 * 2.35. The unwinder asks it where the tables of a module are, and takes "no" for an answer: without it no C++
 * exception is ever caught. The older way to find them is to walk through all modules.
 */
struct search {
  uintptr_t address;
  struct dl_find_object *result;
};

static int look_into(struct dl_phdr_info *module, size_t size, void *data) {
  (void)size;
  const struct search *search = data;
  const ElfW(Phdr) *tables = NULL;
  uintptr_t start = UINTPTR_MAX, end = 0;
  int is_inside = 0;
  for (int i = 0; i < module->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &module->dlpi_phdr[i];
    if (header->p_type == PT_GNU_EH_FRAME) tables = header;
    if (header->p_type != PT_LOAD) continue;
    const uintptr_t first = module->dlpi_addr + header->p_vaddr, last = first + header->p_memsz;
    is_inside |= search->address >= first && search->address < last;
    if (first < start) start = first;
    if (last > end) end = last;
  }
  if (!is_inside || tables == NULL) return 0;
  *search->result = (struct dl_find_object){
      .dlfo_map_start = (void *)start,
      .dlfo_map_end = (void *)end,
      .dlfo_eh_frame = (void *)(module->dlpi_addr + tables->p_vaddr),
  };
  return 1;
}

int _dl_find_object(void *address, struct dl_find_object *result) {
  struct search search = {(uintptr_t)address, result};
  return dl_iterate_phdr(look_into, &search) == 1 ? 0 : -1;
}
#endif

/* 2.36: std::random_device uses it. */
uint32_t arc4random(void) {
  uint32_t value;
  while (getrandom(&value, sizeof value, 0) != (ssize_t)sizeof value)
    if (errno != EINTR) abort();
  return value;
}
