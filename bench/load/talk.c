// Many WebSockets that talk: keeps a number of messages in flight, counts every delivery on every socket and checks its
// place. Built at run time (`gcc -O2`). It must cost little beside the server: one epoll loop, no JSON parser.
//
//   talk PORT FORM SOCKETS ACKS CONTENT PID…
//
// FORM     warren · echo (what the references speak) · socketio
// SOCKETS  a line per socket: TOKEN CHAT_ID LAST_SEQ WINDOW; WINDOW is how many of its messages are in flight at once
// ACKS     written at the end, a line per acknowledged message: CLIENT_ID CHAT_ID SEQ
// CONTENT  how long a message is
// PID…     whose CPU time is counted
//
// On stdin: `run SECONDS` answers a line of JSON, the end of the input ends it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include "measure.h"

enum form { WARREN, ECHO, SOCKETIO };

struct chat {
  char id[40];
  long listeners;
};

struct client {
  int fd;
  int window, flying, opened, isUpgraded;
  struct chat *chat;
  long seq, sent;
  char *in, *out;
  size_t inLength, inSize, outLength, outSize;
  char token[600];
};

struct ack {
  int client;
  long number, seq;
};

static enum form form;
static struct client *clients;
static struct chat *chats;
static struct ack *acked;
static int clientCount, chatCount, openCount, contentLength, poll, pidCount;
static long ackCount, ackSize, sends, acks, deliveries, expected, disorder, refused, others, frameBytes, frames;
static double endsAt;
static int *pids;
static char content[20000];
static const char *acksPath;

static void leave(void);

static double serverCpu(void) {
  double sum = 0;
  for (int i = 0; i < pidCount; i++) sum += cpuOf(pids[i]);
  return sum;
}

static double ownCpu(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void flush(struct client *c) {
  size_t done = 0;
  while (done < c->outLength) {
    ssize_t n = write(c->fd, c->out + done, c->outLength - done);
    if (n < 0 && errno == EAGAIN) continue;
    if (n < 0) leave();
    done += n;
  }
  c->outLength = 0;
}

/** Masked with zeros: what is sent is what is written here. */
static void put(struct client *c, int opcode, const char *text, size_t length) {
  if (c->outLength + length + 16 > c->outSize) c->out = realloc(c->out, c->outSize = (c->outLength + length) * 2 + 4096);
  unsigned char *at = (unsigned char *)c->out + c->outLength, *p = at;
  *p++ = 0x80 | opcode;
  if (length < 126) *p++ = 0x80 | length;
  else *p++ = 0x80 | 126, *p++ = length >> 8, *p++ = length;
  memset(p, 0, 4);
  memcpy(p + 4, text, length);
  c->outLength += p + 4 + length - at;
}

static int clientId(char *text, int client, long number) {
  return sprintf(text, "0190%04x-%04lx-7000-8000-%012lx", client, (number >> 32) & 0xffff, number);
}

static void say(struct client *c) {
  char text[20600], id[40];
  int length, me = c - clients;
  long number = ++c->sent;
  if (form == WARREN) {
    clientId(id, me, number);
    length = sprintf(text, "{\"type\":\"send_message\",\"ref\":%ld,\"chat_id\":\"%s\",\"client_id\":\"%s\",\"content\":\"%s\"}",
                     number, c->chat->id, id, content);
  } else if (form == ECHO) {
    length = sprintf(text, "%d", me);
  } else {
    length = sprintf(text, "42[\"m\",%d]", me);
  }
  put(c, 1, text, length);
  c->flying++;
  sends++;
  expected += c->chat->listeners;
}

static void answered(struct client *c) {
  c->flying--;
  acks++;
  if (now() < endsAt) say(c);
}

static long numberAfter(const char *text, size_t length, const char *key) {
  const char *found = memmem(text, length, key, strlen(key));
  return found ? strtol(found + strlen(key), NULL, 10) : -1;
}

static void noteAck(struct client *c, const char *text, size_t length) {
  if (ackCount == ackSize) acked = realloc(acked, (ackSize = ackSize * 2 + 4096) * sizeof *acked);
  acked[ackCount++] = (struct ack){c - clients, numberAfter(text, length, "\"ref\":"), numberAfter(text, length, "\"seq\":")};
  answered(c);
}

static void delivered(struct client *c, const char *text, size_t length) {
  long seq = numberAfter(text, length, "\"seq\":");
  if (form != WARREN && c->seq == 0) c->seq = seq - 1;
  if (seq != c->seq + 1) disorder++;
  c->seq = seq;
  deliveries++;
  frames++;
  frameBytes += length;
  if (form != WARREN && numberAfter(text, length, "\"by\":") == c - clients) answered(c);
}

static void opened(struct client *c) {
  if (c->opened) return;
  c->opened = 1;
  openCount++;
}

#define STARTS(word) (length >= sizeof word - 1 && !memcmp(text, word, sizeof word - 1))

static void heard(struct client *c, int opcode, const char *text, size_t length) {
  if (opcode == 9) return put(c, 10, text, length);
  if (opcode == 8) die("the server closed a socket");
  if (form == WARREN) {
    if (STARTS("{\"type\":\"new_message\"")) delivered(c, text, length);
    else if (STARTS("{\"type\":\"ack\"")) noteAck(c, text, length);
    else if (STARTS("{\"type\":\"hello\"")) opened(c);
    else if (STARTS("{\"type\":\"error\"")) {
      if (refused++ == 0) fprintf(stderr, "talk: refused: %.*s\n", (int)length, text);
      answered(c);
    } else others++;
  } else if (form == SOCKETIO && length < 20) {
    if (text[0] == '2') put(c, 1, "3", 1);
  } else if (form == SOCKETIO && text[0] == '0') put(c, 1, "40", 2);
  else if (form == SOCKETIO && text[0] == '4' && text[1] == '0') opened(c);
  else delivered(c, text, length);
}

static size_t takeFrame(struct client *c, const unsigned char *p, size_t left) {
  if (left < 2) return 0;
  size_t head = 2, length = p[1] & 127;
  if (length == 126) {
    if (left < 4) return 0;
    length = p[2] << 8 | p[3], head = 4;
  } else if (length == 127) {
    if (left < 10) return 0;
    length = (size_t)p[6] << 24 | p[7] << 16 | p[8] << 8 | p[9], head = 10;
  }
  if (left < head + length) return 0;
  heard(c, p[0] & 15, (const char *)p + head, length);
  return head + length;
}

static size_t takeUpgrade(struct client *c) {
  char *end = memmem(c->in, c->inLength, "\r\n\r\n", 4);
  if (!end) return 0;
  if (memcmp(c->in, "HTTP/1.1 101", 12)) {
    fprintf(stderr, "talk: %.*s\n", 200, c->in);
    die("a socket was refused");
  }
  c->isUpgraded = 1;
  if (form == ECHO) opened(c);
  return end + 4 - c->in;
}

static void readFrom(struct client *c) {
  if (c->inSize - c->inLength < 8192) c->in = realloc(c->in, c->inSize = c->inSize * 2 + 16384);
  ssize_t n = read(c->fd, c->in + c->inLength, c->inSize - c->inLength - 1);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) leave();
  c->inLength += n;
  c->in[c->inLength] = 0;
  size_t done = c->isUpgraded ? 0 : takeUpgrade(c), took;
  if (c->isUpgraded)
    while ((took = takeFrame(c, (unsigned char *)c->in + done, c->inLength - done))) done += took;
  memmove(c->in, c->in + done, c->inLength -= done);
  if (c->outLength) flush(c);
}

static void turn(int waitMs) {
  struct epoll_event events[512];
  int n = epoll_wait(poll, events, 512, waitMs);
  for (int i = 0; i < n; i++)
    if (events[i].data.ptr) readFrom(events[i].data.ptr);
}

static void dial(struct client *c, int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to)) die("connect");
  int one = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  char text[1200];
  int length = sprintf(text,
                       "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer %s\r\n\r\n",
                       form == SOCKETIO ? "/socket.io/?EIO=4&transport=websocket" : "/ws", port, c->token);
  if (write(c->fd, text, length) != length) die("handshake");
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &event);
}

static struct chat *chatNamed(const char *id) {
  // Sockets of one chat stand together.
  if (chatCount == 0 || strcmp(chats[chatCount - 1].id, id)) strcpy(chats[chatCount++].id, id);
  return &chats[chatCount - 1];
}

static void readSockets(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) die(path);
  clients = calloc(100000, sizeof *clients);
  chats = calloc(100000, sizeof *chats);
  char id[64];
  struct client *c = clients;
  while (fscanf(file, "%599s %39s %ld %d", c->token, id, &c->seq, &c->window) == 4) {
    c->chat = chatNamed(id);
    c->chat->listeners++;
    c++;
  }
  clientCount = c - clients;
  fclose(file);
}

/** The measuring side keeps time to spare: it rests when it was busy for more than 60 % of the block. */
static void rest(double began, double own) {
  static int turns;
  if (++turns % 16) return;
  double over = (ownCpu() - own) / 0.6 - (now() - began);
  if (over > 0.0005) usleep(over * 1e6);
}

static void run(double seconds) {
  sends = acks = deliveries = expected = disorder = refused = others = frameBytes = frames = 0;
  double cpu = serverCpu(), own = ownCpu(), began = now(), patience;
  endsAt = began + seconds;
  for (struct client *c = clients; c < clients + clientCount; c++) {
    for (int i = 0; i < c->window; i++) say(c);
    if (c->outLength) flush(c);
  }
  for (patience = 0; acks < sends || deliveries < expected;) {
    turn(1);
    rest(began, own);
    if (now() < endsAt) continue;
    if (patience == 0) patience = now() + 10;
    if (now() > patience) break;
  }
  printf("{\"seconds\":%.4f,\"serverCpu\":%.4f,\"ownCpu\":%.4f,\"sends\":%ld,\"acks\":%ld,\"deliveries\":%ld,\"expected\":%ld,"
         "\"disorder\":%ld,\"refused\":%ld,\"others\":%ld,\"frameBytes\":%ld}\n",
         now() - began, serverCpu() - cpu, ownCpu() - own, sends, acks, deliveries, expected, disorder, refused, others,
         frames ? frameBytes / frames : 0);
  fflush(stdout);
}

static void writeAcks(const char *path) {
  FILE *file = fopen(path, "w");
  if (!file) die(path);
  char id[40];
  for (long i = 0; i < ackCount; i++) {
    clientId(id, acked[i].client, acked[i].number);
    fprintf(file, "%s %s %ld\n", id, clients[acked[i].client].chat->id, acked[i].seq);
  }
  fclose(file);
}

/** The server was killed, or is broken: what it had acknowledged by then is what counts. */
static void leave(void) {
  fprintf(stderr, "talk: the server closed a connection\n");
  writeAcks(acksPath);
  exit(3);
}

int main(int count, char **words) {
  if (count < 6) die("PORT FORM SOCKETS ACKS CONTENT PID…");
  int port = atoi(words[1]);
  form = !strcmp(words[2], "warren") ? WARREN : !strcmp(words[2], "echo") ? ECHO : SOCKETIO;
  readSockets(words[3]);
  acksPath = words[4];
  contentLength = atoi(words[5]);
  for (int i = 0; i < contentLength; i++) content[i] = "the quick brown fox jumps over "[i % 31];
  if (contentLength) content[contentLength - 1] = '.';
  pids = calloc(count, sizeof *pids);
  for (int i = 6; i < count; i++) pids[pidCount++] = atoi(words[i]);
  poll = epoll_create1(0);
  for (int i = 0; i < clientCount; i++) {
    dial(&clients[i], port);
    for (double until = now() + 20; i - openCount > 32;) {
      turn(10);
      if (now() > until) die("sockets do not open");
    }
  }
  for (double until = now() + 20; openCount < clientCount;) {
    turn(10);
    if (now() > until) die("sockets do not open");
  }
  printf("{\"open\":%d}\n", openCount);
  fflush(stdout);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  if (epoll_ctl(poll, EPOLL_CTL_ADD, 0, &event)) die("stdin");
  char line[100];
  for (;;) {
    struct epoll_event ready;
    // Peeked one at a time, so that pings are answered while nothing is asked.
    if (epoll_wait(poll, &ready, 1, -1) < 1) continue;
    if (ready.data.ptr) {
      readFrom(ready.data.ptr);
      continue;
    }
    ssize_t n = read(0, line, sizeof line - 1);
    if (n <= 0) break;
    line[n] = 0;
    double seconds;
    if (sscanf(line, "run %lf", &seconds) == 1) run(seconds);
  }
  writeAcks(acksPath);
  return 0;
}
