// One WebSocket of many: what is read and what waits to be written. Nothing here knows what the frames say.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include "measure.h"

struct wire {
  int fd, isUpgraded;
  char *in, *out;
  size_t inLength, inSize, outLength, outSize;
};

static double ownCpu(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/** Masked with zeros: what is sent is what is written here. */
static void put(struct wire *w, int opcode, const char *text, size_t length) {
  if (w->outLength + length + 16 > w->outSize) w->out = realloc(w->out, w->outSize = (w->outLength + length) * 2 + 1024);
  unsigned char *at = (unsigned char *)w->out + w->outLength, *p = at;
  *p++ = 0x80 | opcode;
  if (length < 126) *p++ = 0x80 | length;
  else *p++ = 0x80 | 126, *p++ = length >> 8, *p++ = length;
  memset(p, 0, 4);
  memcpy(p + 4, text, length);
  w->outLength += p + 4 + length - at;
}

/** False when the other side is gone. What it asks for is little, so it is waited for. */
static int flush(struct wire *w) {
  for (size_t done = 0; done < w->outLength;) {
    ssize_t n = write(w->fd, w->out + done, w->outLength - done);
    if (n < 0 && errno != EAGAIN) return 0;
    if (n > 0) done += n;
  }
  w->outLength = 0;
  return 1;
}

/** Begins to connect; the handshake is written when the socket can be written to. */
static void dial(struct wire *w, int poll, int port, void *owner) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  w->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (w->fd < 0) die("no more sockets: ulimit -n");
  int one = 1;
  setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  // Ends without leaving the port behind in TIME_WAIT.
  struct linger reset = {1, 0};
  setsockopt(w->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  connect(w->fd, (struct sockaddr *)&to, sizeof to);
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = owner};
  epoll_ctl(poll, EPOLL_CTL_ADD, w->fd, &event);
}

static int greet(struct wire *w, int poll, const char *token, void *owner) {
  char text[1200];
  int length = sprintf(text,
                       "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer %s\r\n\r\n",
                       token);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = owner};
  epoll_ctl(poll, EPOLL_CTL_MOD, w->fd, &event);
  return write(w->fd, text, length) == length;
}

/** All that has come is in `in` then; false when the other side is gone. */
static int take(struct wire *w) {
  for (;;) {
    if (w->inSize - w->inLength < 4096) w->in = realloc(w->in, w->inSize = w->inSize * 2 + 8192);
    size_t room = w->inSize - w->inLength - 1;
    ssize_t n = read(w->fd, w->in + w->inLength, room);
    if (n < 0) return errno == EAGAIN;
    if (n == 0) return 0;
    w->inLength += n;
    w->in[w->inLength] = 0;
    if ((size_t)n < room) return 1;
  }
}

/** The length of the frame at this place with its head, 0 if it is not whole. */
static size_t frameAt(const unsigned char *p, size_t left, size_t *head) {
  if (left < 2) return 0;
  size_t length = p[1] & 127;
  *head = length == 126 ? 4 : length == 127 ? 10 : 2;
  if (left < *head) return 0;
  if (length == 126) length = p[2] << 8 | p[3];
  else if (length == 127) length = (size_t)p[6] << 24 | p[7] << 16 | p[8] << 8 | p[9];
  return left < *head + length ? 0 : *head + length;
}

static void consume(struct wire *w, size_t done) {
  memmove(w->in, w->in + done, w->inLength -= done);
  w->in[w->inLength] = 0;
  if (w->inLength > 0) return;
  free(w->in);
  w->in = NULL;
  w->inSize = 0;
}

static void hangUp(struct wire *w) {
  if (w->fd >= 0) close(w->fd);
  free(w->in);
  free(w->out);
  *w = (struct wire){.fd = -1};
}

static int byValue(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/** Of sorted values; 0 where there is none. */
static double at(const double *values, long count, double share) { return count ? values[(long)(share * (count - 1))] : 0; }
