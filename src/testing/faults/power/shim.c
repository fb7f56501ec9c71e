/*
 * Put before libc by LD_PRELOAD: writes down, in order, what a process does to the files of the folder it starts in, and
 * what of it was synced. `disk.ts` makes of that what a disk would hold after a power cut. The real calls are made as well.
 *
 * POWER_JOURNAL: the journal, outside of the folder. POWER_ORDER: a file that, once it is there, is taken away and obeyed
 * at the next sync of a file whose name ends so: `eio SUFFIX` (that sync fails) or `die SUFFIX` (the power goes before it).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* As `journal.ts` reads it: this, then the path, then `length` bytes of a write, or the new path of a rename. */
struct entry {
  uint32_t kind, path_length;
  uint64_t inode, offset, length;
};

static char folder[4096];
static int journal = -1;
static uint64_t entries;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("POWER_JOURNAL");
  if (path == NULL || getcwd(folder, sizeof folder) == NULL) return;
  journal = REAL(open)(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

/* The path inside the folder, `.` for itself; NULL for what is elsewhere, and for the index that is made anew. */
static const char *inside(const char *path) {
  size_t length = strlen(folder), whole = strlen(path);
  if (journal < 0 || strncmp(path, folder, length) != 0) return NULL;
  if (path[length] == 0) return ".";
  if (path[length] != '/') return NULL;
  if (whole > 4 && strcmp(path + whole - 4, "-shm") == 0) return NULL;
  return path + length + 1;
}

static const char *inside_at(int at, const char *path, char room[4096]) {
  char base[64];
  if (path[0] == '/') return inside(path);
  ssize_t length = snprintf(room, 4096, "%s", folder);
  if (at != AT_FDCWD) {
    snprintf(base, sizeof base, "/proc/self/fd/%d", at);
    length = readlink(base, room, 2048);
    if (length < 0) return NULL;
  }
  snprintf(room + length, 4096 - length, "/%s", path);
  return inside(room);
}

static const char *inside_fd(int fd, char room[4096], struct stat *found) {
  char link[64];
  if (journal < 0 || fd == journal || fstat(fd, found) != 0) return NULL;
  if (!S_ISREG(found->st_mode) && !S_ISDIR(found->st_mode)) return NULL;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, room, 4095);
  if (length < 0) return NULL;
  room[length] = 0;
  return inside(room);
}

/* With the turn held: the order of the journal is the order of what was done. */
static void note(char kind, const char *path, uint64_t inode, uint64_t offset, const void *data, uint64_t length) {
  struct entry entry = {kind, strlen(path), inode, offset, length};
  struct iovec parts[] = {{&entry, sizeof entry}, {(void *)path, entry.path_length}, {(void *)data, data ? length : 0}};
  if (REAL(writev)(journal, parts, 3) < 0) abort();
  entries++;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
  char room[4096];
  struct stat file;
  const char *path = inside_fd(fd, room, &file);
  if (path == NULL) return REAL(pwrite64)(fd, data, length, offset);
  pthread_mutex_lock(&turn);
  note('W', path, file.st_ino, offset, data, length);
  ssize_t written = REAL(pwrite64)(fd, data, length, offset);
  pthread_mutex_unlock(&turn);
  return written;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

static off64_t place_of(int fd, const struct stat *file) {
  return fcntl(fd, F_GETFL) & O_APPEND ? file->st_size : lseek64(fd, 0, SEEK_CUR);
}

ssize_t write(int fd, const void *data, size_t length) {
  char room[4096];
  struct stat file;
  const char *path = inside_fd(fd, room, &file);
  if (path == NULL) return REAL(write)(fd, data, length);
  pthread_mutex_lock(&turn);
  note('W', path, file.st_ino, place_of(fd, &file), data, length);
  ssize_t written = REAL(write)(fd, data, length);
  pthread_mutex_unlock(&turn);
  return written;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  char room[4096];
  struct stat file;
  if (inside_fd(fd, room, &file) == NULL) return REAL(writev)(fd, parts, count);
  ssize_t all = 0;
  for (int at = 0; at < count; at++) {
    ssize_t written = write(fd, parts[at].iov_base, parts[at].iov_len);
    if (written < 0) return all > 0 ? all : written;
    all += written;
  }
  return all;
}

int ftruncate64(int fd, off64_t length) {
  char room[4096];
  struct stat file;
  const char *path = inside_fd(fd, room, &file);
  if (path == NULL) return REAL(ftruncate64)(fd, length);
  pthread_mutex_lock(&turn);
  note('T', path, file.st_ino, length, NULL, 0);
  int result = REAL(ftruncate64)(fd, length);
  pthread_mutex_unlock(&turn);
  return result;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

/* 'e' or 'd' when there is an order for this file, which is thereby carried out. */
static char order_for(const char *path) {
  char order[64] = "";
  const char *place = getenv("POWER_ORDER");
  int fd = place == NULL ? -1 : REAL(open)(place, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t length = read(fd, order, sizeof order - 1);
  close(fd);
  size_t suffix = length > 4 ? length - 4 : 0, whole = strlen(path);
  if (suffix == 0 || whole < suffix || strcmp(path + whole - suffix, order + 4) != 0) return 0;
  return REAL(unlink)(place) == 0 ? order[0] : 0;
}

static int sync_with(int (*real)(int), int fd) {
  char room[4096];
  struct stat file;
  const char *path = inside_fd(fd, room, &file);
  if (path == NULL) return real(fd);
  char order = order_for(path);
  if (order == 'd') kill(getpid(), SIGKILL);
  pthread_mutex_lock(&turn);
  uint64_t until = entries;
  pthread_mutex_unlock(&turn);
  int result = order == 'e' ? -1 : real(fd);
  pthread_mutex_lock(&turn);
  note(result == 0 ? 'S' : 'E', path, file.st_ino, until, NULL, 0);
  pthread_mutex_unlock(&turn);
  if (order == 'e') errno = EIO;
  return result;
}

int fsync(int fd) { return sync_with(REAL(fsync), fd); }
int fdatasync(int fd) { return sync_with(REAL(fdatasync), fd); }

static int open_with(int (*real)(int, const char *, int, ...), int at, const char *given, int flags, mode_t mode) {
  char room[4096];
  struct stat file;
  const char *path = flags & (O_CREAT | O_TRUNC) ? inside_at(at, given, room) : NULL;
  if (path == NULL || (flags & O_TMPFILE) == O_TMPFILE) return real(at, given, flags, mode);
  pthread_mutex_lock(&turn);
  int is_new = fstatat(at, given, &file, 0) != 0;
  int fd = real(at, given, flags, mode);
  if (fd >= 0 && fstat(fd, &file) == 0) {
    if (is_new) note('C', path, file.st_ino, 0, NULL, 0);
    else if (flags & O_TRUNC) note('T', path, file.st_ino, 0, NULL, 0);
  }
  pthread_mutex_unlock(&turn);
  return fd;
}

#define OPENED(last) \
  mode_t mode = 0; \
  if (flags & (O_CREAT | O_TMPFILE)) { \
    va_list rest; \
    va_start(rest, last); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }

int open(const char *path, int flags, ...) { OPENED(flags) return open_with(REAL(openat), AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { OPENED(flags) return open_with(REAL(openat64), AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { OPENED(flags) return open_with(REAL(openat), at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { OPENED(flags) return open_with(REAL(openat64), at, path, flags, mode); }

int unlinkat(int at, const char *given, int flags) {
  char room[4096];
  const char *path = flags & AT_REMOVEDIR ? NULL : inside_at(at, given, room);
  if (path == NULL) return REAL(unlinkat)(at, given, flags);
  pthread_mutex_lock(&turn);
  int result = REAL(unlinkat)(at, given, flags);
  if (result == 0) note('U', path, 0, 0, NULL, 0);
  pthread_mutex_unlock(&turn);
  return result;
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }

int renameat(int at, const char *given, int to, const char *becomes) {
  char room[4096], other[4096];
  const char *path = inside_at(at, given, room), *next = inside_at(to, becomes, other);
  if (path == NULL || next == NULL) return REAL(renameat)(at, given, to, becomes);
  pthread_mutex_lock(&turn);
  int result = REAL(renameat)(at, given, to, becomes);
  if (result == 0) note('R', path, 0, 0, next, strlen(next));
  pthread_mutex_unlock(&turn);
  return result;
}

int rename(const char *path, const char *becomes) { return renameat(AT_FDCWD, path, AT_FDCWD, becomes); }
