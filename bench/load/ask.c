// One keep-alive connection that asks at a fixed rate, whatever the server does: a late answer makes all that follow it
// late, as it would for people. Built at run time (`gcc -O2`).
//
//   ask PORT REQUESTS RATE PID
//
// REQUESTS  a line per request: TOKEN PATH; asked one after another, and from the start again
//
// On stdin: `run SECONDS` answers {pages, serverCpu, bytes}; `report` the latencies of all runs, in milliseconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include "measure.h"

#define MOST 1000000

static char *requests[MOST], answer[1 << 20];
static double latencies[MOST];
static int requestCount, asked, measured, fd, pid;

static void readRequests(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) die("no requests");
  char token[1000], target[1000], text[2500];
  while (fscanf(file, "%999s %999s", token, target) == 2 && requestCount < MOST) {
    sprintf(text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n\r\n", target, token);
    requests[requestCount++] = strdup(text);
  }
  fclose(file);
}

static long askOnce(const char *request) {
  if (write(fd, request, strlen(request)) < 0) die("the connection is gone");
  long length = 0, whole = -1;
  while (whole < 0 || length < whole) {
    long n = read(fd, answer + length, sizeof answer - 1 - length);
    if (n <= 0) die("the connection was closed");
    answer[length += n] = 0;
    char *end = whole < 0 ? strstr(answer, "\r\n\r\n") : NULL;
    if (!end) continue;
    if (strncmp(answer, "HTTP/1.1 200", 12)) die(answer);
    char *size = strcasestr(answer, "content-length:");
    if (!size) die("an answer without its length");
    whole = end + 4 - answer + atol(size + 15);
  }
  return length;
}

static void run(double seconds, double rate) {
  double began = now(), cpu = cpuOf(pid);
  long bytes = 0, pages = 0;
  for (double due = began; due < began + seconds; due += 1 / rate) {
    double early = due - now();
    if (early > 0) usleep(early * 1e6);
    bytes += askOnce(requests[asked++ % requestCount]);
    pages++;
    if (measured < MOST) latencies[measured++] = (now() - due) * 1e3;
  }
  printf("{\"pages\":%ld,\"serverCpu\":%.4f,\"bytes\":%ld}\n", pages, cpuOf(pid) - cpu, bytes / pages);
}

static int byValue(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double at(double share) { return latencies[(int)(share * (measured - 1))]; }

int main(int count, char **words) {
  if (count < 5) die("PORT REQUESTS RATE PID");
  readRequests(words[2]);
  pid = atoi(words[4]);
  fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(words[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (struct sockaddr *)&to, sizeof to)) die("connect");
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  for (int i = 0; i < 300; i++) askOnce(requests[asked++ % requestCount]);
  printf("ready\n");
  fflush(stdout);
  char line[100];
  double seconds;
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "run %lf", &seconds) == 1) run(seconds, atof(words[3]));
    else {
      qsort(latencies, measured, sizeof *latencies, byValue);
      printf("{\"pages\":%d,\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"max\":%.3f}\n", measured, at(.5), at(.9), at(.99), at(1));
    }
    fflush(stdout);
  }
}
