// Adds the seconds in the file that SKEW_FILE names to what a process is told of the time of day. The monotonic clock,
// which nobody can set, is left alone.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile long *skew;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("SKEW_FILE");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *page = mmap(0, sizeof *skew, PROT_READ, MAP_SHARED, file, 0);
  if (page != MAP_FAILED) skew = page;
}

static long seconds(void) { return skew ? *skew : 0; }

int clock_gettime(clockid_t clock, struct timespec *at) {
  int how = syscall(SYS_clock_gettime, clock, at);
  if (how == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) at->tv_sec += seconds();
  return how;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  int how = syscall(SYS_gettimeofday, at, zone);
  if (how == 0) at->tv_sec += seconds();
  return how;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}
