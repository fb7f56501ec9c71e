// Messages at a fixed rate, whatever the servers do, and when each of them was heard on which server. Built at run time
// (`gcc -O2`).
//
//   pace SOCKETS CONTENT
//
// SOCKETS  a line per socket: PORT TOKEN CHAT_ID ROLE; ROLE is `say`, `hear` or `deaf` (opened, and never read)
// CONTENT  how long a message is
//
// On stdin: `run SECONDS RATE` answers a line of JSON: what came, the latencies of acks and deliveries from when the message
// was due, and what the second port added to the first, in milliseconds.
#define _GNU_SOURCE
#include "socket.h"

#define MOST 400000
#define MOST_HEARD 4000000

enum role { SAY, HEAR, DEAF };

struct chat {
  char id[40];
  int listeners;
};

struct client {
  struct wire wire;
  enum role role;
  int server, chat, isOpen, wasGreeted;
  char token[600];
};

struct message {
  double due, first[2];
  int heard;
};

static struct client *clients;
static struct chat chats[2000];
static struct message *messages;
static double *acks, *deliveries, *added;
static int clientCount, chatCount, poll, ports[2], portCount, openCount, mark;
static long said, acked, refused, heardCount, expected, strange;
static char content[20000];

static struct message *messageIn(const char *text, size_t length) {
  char *found = memmem(text, length, "\"client_id\":\"", 13);
  if (!found || strtol(found + 17, NULL, 16) != mark) return NULL;
  long number = strtol(found + 13 + 24, NULL, 16);
  return number < said ? &messages[number] : NULL;
}

static void heardMessage(struct client *c, const char *text, size_t length) {
  struct message *m = messageIn(text, length);
  if (!m) return;
  double time = now();
  if (m->first[c->server] == 0) m->first[c->server] = time;
  m->heard++;
  if (heardCount < MOST_HEARD) deliveries[heardCount] = (time - m->due) * 1e3;
  heardCount++;
}

#define STARTS(word) (length >= sizeof word - 1 && !memcmp(text, word, sizeof word - 1))

static void heard(struct client *c, const char *text, size_t length) {
  if (STARTS("{\"type\":\"new_message\"")) return heardMessage(c, text, length);
  if (STARTS("{\"type\":\"hello\"")) {
    c->isOpen = 1;
    openCount++;
  } else if (STARTS("{\"type\":\"ack\"")) {
    struct message *m = messageIn(text, length);
    if (m) acks[acked++] = (now() - m->due) * 1e3;
  } else if (STARTS("{\"type\":\"error\"")) {
    if (refused++ == 0) fprintf(stderr, "pace: %.300s\n", text);
  } else strange++;
}

static void lose(struct client *c) {
  if (c->role != DEAF) die("the server closed a socket");
  hangUp(&c->wire);
  c->wasGreeted = 0;
  dial(&c->wire, poll, ports[c->server], c);
}

static void readFrom(struct client *c) {
  struct wire *w = &c->wire;
  // One that is deaf has its handshake answered by the kernel's buffer: nothing of it is ever taken.
  if (!take(w)) return lose(c);
  if (!w->isUpgraded) {
    char *end = w->in ? strstr(w->in, "\r\n\r\n") : NULL;
    if (!end) return;
    if (memcmp(w->in, "HTTP/1.1 101", 12)) die(w->in);
    w->isUpgraded = 1;
    consume(w, end + 4 - w->in);
  }
  size_t done = 0, head, whole;
  while (w->in && (whole = frameAt((unsigned char *)w->in + done, w->inLength - done, &head))) {
    int opcode = w->in[done] & 15;
    if (opcode == 8) return lose(c);
    if (opcode == 9) put(w, 10, w->in + done + head, whole - head);
    else heard(c, w->in + done + head, whole - head);
    done += whole;
  }
  if (done) consume(w, done);
  if (w->outLength && !flush(w)) lose(c);
}

static void greetOne(struct client *c) {
  c->wasGreeted = 1;
  if (!greet(&c->wire, poll, c->token, c)) die("handshake");
  if (c->role != DEAF) return;
  struct epoll_event none = {.events = EPOLLRDHUP, .data.ptr = c};
  epoll_ctl(poll, EPOLL_CTL_MOD, c->wire.fd, &none);
  if (!c->isOpen) openCount++;
  c->isOpen = 1;
}

static void turn(double seconds) {
  struct epoll_event events[512];
  int n = epoll_wait(poll, events, 512, seconds > 0.001 ? 1 : 0);
  for (int i = 0; i < n; i++) {
    struct client *c = events[i].data.ptr;
    if (c->role == DEAF && c->wasGreeted) lose(c);
    else if (!c->wasGreeted) greetOne(c);
    else readFrom(c);
  }
}

static void say(struct client *c, double due) {
  char text[20600];
  messages[said] = (struct message){.due = due};
  int length = sprintf(text,
                       "{\"type\":\"send_message\",\"ref\":%ld,\"chat_id\":\"%s\",\"client_id\":\"0190%04x-0000-7000-8000-%012lx\","
                       "\"content\":\"%s\"}",
                       said, chats[c->chat].id, mark, said, content);
  said++;
  expected += chats[c->chat].listeners;
  put(&c->wire, 1, text, length);
  if (!flush(&c->wire)) lose(c);
}

static long addedOf(long first) {
  long count = 0;
  for (struct message *m = messages + first; m < messages + said; m++)
    if (m->first[0] > 0 && m->first[1] > 0) added[count++] = (m->first[1] - m->first[0]) * 1e3;
  qsort(added, count, sizeof *added, byValue);
  return count;
}

static void tell(const char *name, double *values, long count) {
  qsort(values, count, sizeof *values, byValue);
  printf(",\"%s\":{\"count\":%ld,\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}", name, count, at(values, count, .5),
         at(values, count, .99), at(values, count, 1));
}

static void run(double seconds, double rate) {
  long first = said;
  int next = 0;
  double began = now(), own = ownCpu(), patience = began + seconds + 10;
  acked = refused = heardCount = expected = strange = 0;
  for (double due = began; due < began + seconds && said < MOST;) {
    turn(due - now());
    if (now() < due) continue;
    while (clients[next % clientCount].role != SAY) next++;
    say(&clients[next++ % clientCount], due);
    due += 1 / rate;
  }
  while ((acked + refused < said - first || heardCount < expected) && now() < patience) turn(1);
  printf("{\"said\":%ld,\"acked\":%ld,\"refused\":%ld,\"heard\":%ld,\"expected\":%ld,\"others\":%ld,\"ownCpu\":%.3f,\"seconds\":%.3f",
         said - first, acked, refused, heardCount, expected, strange, ownCpu() - own, now() - began);
  tell("ack", acks, acked);
  tell("delivery", deliveries, heardCount < MOST_HEARD ? heardCount : MOST_HEARD);
  tell("added", added, addedOf(first));
  printf("}\n");
}

static int serverAt(int port) {
  for (int i = 0; i < portCount; i++)
    if (ports[i] == port) return i;
  if (portCount == 2) die("more than two servers");
  ports[portCount] = port;
  return portCount++;
}

static int chatNamed(const char *id) {
  for (int i = 0; i < chatCount; i++)
    if (!strcmp(chats[i].id, id)) return i;
  strcpy(chats[chatCount].id, id);
  return chatCount++;
}

static void readSockets(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) die(path);
  clients = calloc(20000, sizeof *clients);
  char id[64], role[8];
  int port;
  for (struct client *c = clients; fscanf(file, "%d %599s %39s %7s", &port, c->token, id, role) == 4; c++, clientCount++) {
    c->role = *role == 's' ? SAY : *role == 'h' ? HEAR : DEAF;
    c->server = serverAt(port);
    c->chat = chatNamed(id);
    if (c->role != DEAF) chats[c->chat].listeners++;
  }
  fclose(file);
}

int main(int count, char **words) {
  if (count < 3) die("SOCKETS CONTENT");
  readSockets(words[1]);
  memset(content, 'a', atoi(words[2]));
  mark = getpid() & 0xffff;
  messages = calloc(MOST, sizeof *messages);
  acks = calloc(MOST, sizeof *acks);
  added = calloc(MOST, sizeof *added);
  deliveries = calloc(MOST_HEARD, sizeof *deliveries);
  poll = epoll_create1(0);
  for (int i = 0; i < clientCount; i++) {
    dial(&clients[i].wire, poll, ports[clients[i].server], &clients[i]);
    for (double until = now() + 20; i + 1 - openCount > 32;) {
      turn(1);
      if (now() > until) die("sockets do not open");
    }
  }
  for (double until = now() + 20; openCount < clientCount;) {
    turn(1);
    if (now() > until) die("sockets do not open");
  }
  printf("{\"open\":%d}\n", openCount);
  fflush(stdout);
  // Read by hand: pings are answered while nothing is asked.
  fcntl(0, F_SETFL, O_NONBLOCK);
  char line[100];
  for (;;) {
    double seconds, rate;
    ssize_t n = read(0, line, sizeof line - 1);
    if (n == 0) return 0;
    if (n > 0) {
      line[n] = 0;
      if (sscanf(line, "run %lf %lf", &seconds, &rate) == 2) run(seconds, rate);
      fflush(stdout);
    }
    turn(1);
  }
}
