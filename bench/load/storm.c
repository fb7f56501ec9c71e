// A herd that comes back: every client connects, hears where its chats stand, asks for what it missed and counts it.
// Built at run time (`gcc -O2`).
//
//   storm PORT FORM CHATS CLIENTS MISSED PID…
//
// FORM     warren · bare (an upgrade is all that is waited for)
// CHATS    a line per chat: ID REV, the rev that everybody in it knows
// CLIENTS  a line per client: TOKEN COUNT and so many numbers of lines of CHATS
// MISSED   how many messages each of them has missed in each chat
//
// On stdin: `run herd` (all at once; who is refused comes again when it was told to) or `run jitter` (as our own pages do:
// full jitter from the first try on) answers a line of JSON. Then all are cut.
#define _GNU_SOURCE
#include "socket.h"

#define MOST_CHATS 64

enum state { WAITING, CONNECTING, UPGRADING, SYNCING, SYNCED };

struct chat {
  char id[40];
  long rev;
};

struct client {
  struct wire wire;
  enum state state;
  int tries, chatCount, chats[MOST_CHATS], got;
  double due, heardAt, syncedAt;
  char token[600];
};

static struct chat *chats;
static struct client *clients;
static int clientCount, port, poll, isBare, missed, isHerd, synced;
static long refused, lost, wrong, attempts;
static double began;

static double backoff(int tries) {
  double most = 0.5 * (1 << (tries < 6 ? tries : 6));
  return (double)rand() / RAND_MAX * (most < 30 ? most : 30);
}

static void again(struct client *c, double after) {
  hangUp(&c->wire);
  c->got = 0;
  c->state = WAITING;
  c->due = now() + after;
}

static void fell(struct client *c) {
  lost++;
  again(c, backoff(++c->tries));
}

static void ask(struct client *c) {
  char text[8192];
  int length = sprintf(text, "{\"type\":\"sync\",\"ref\":1,\"chats\":{");
  for (int i = 0; i < c->chatCount; i++) {
    struct chat *chat = &chats[c->chats[i]];
    length += sprintf(text + length, "%s\"%s\":%ld", i ? "," : "", chat->id, chat->rev);
  }
  length += sprintf(text + length, "}}");
  put(&c->wire, 1, text, length);
}

static int countOf(const char *text, size_t length, const char *word) {
  int count = 0;
  size_t size = strlen(word);
  for (const char *p = text; (p = memmem(p, text + length - p, word, size)); p += size) count++;
  return count;
}

static void arrive(struct client *c) {
  c->state = SYNCED;
  c->syncedAt = now() - began;
  synced++;
}

#define STARTS(word) (length >= sizeof word - 1 && !memcmp(text, word, sizeof word - 1))

static void heard(struct client *c, const char *text, size_t length) {
  if (STARTS("{\"type\":\"hello\"")) {
    c->heardAt = now() - began;
    c->state = SYNCING;
    return ask(c);
  }
  if (STARTS("{\"type\":\"ack\"")) {
    c->got = countOf(text, length, "\"client_id\":\"");
    if (c->got != missed * c->chatCount && wrong++ == 0) fprintf(stderr, "storm: %d came: %.300s\n", c->got, text);
    arrive(c);
  } else if (STARTS("{\"type\":\"error\"") && wrong++ == 0) fprintf(stderr, "storm: %.300s\n", text);
}

/** False when this try has ended. */
static int upgraded(struct client *c) {
  struct wire *w = &c->wire;
  char *end = w->in ? strstr(w->in, "\r\n\r\n") : NULL;
  if (!end) return 1;
  if (!memcmp(w->in, "HTTP/1.1 101", 12)) {
    w->isUpgraded = 1;
    consume(w, end + 4 - w->in);
    if (isBare) {
      c->heardAt = now() - began;
      arrive(c);
    }
    return 1;
  }
  refused++;
  char *told = strcasestr(w->in, "retry-after:");
  if (memcmp(w->in, "HTTP/1.1 503", 12) && wrong++ == 0) fprintf(stderr, "storm: %.200s\n", w->in);
  c->tries++;
  again(c, isHerd && told ? atof(told + 12) : backoff(c->tries));
  return 0;
}

static void readFrom(struct client *c) {
  struct wire *w = &c->wire;
  if (!take(w)) return fell(c);
  if (!w->isUpgraded && !upgraded(c)) return;
  size_t done = 0, head, whole;
  while (w->isUpgraded && w->in && (whole = frameAt((unsigned char *)w->in + done, w->inLength - done, &head))) {
    int opcode = w->in[done] & 15;
    if (opcode == 8) return fell(c);
    if (opcode == 9) put(w, 10, w->in + done + head, whole - head);
    else heard(c, w->in + done + head, whole - head);
    done += whole;
  }
  if (done) consume(w, done);
  if (w->outLength && !flush(w)) fell(c);
}

static void turn(void) {
  struct epoll_event events[512];
  int n = epoll_wait(poll, events, 512, 1);
  for (int i = 0; i < n; i++) {
    struct client *c = events[i].data.ptr;
    if (c->state == WAITING) continue;
    if (events[i].events & (EPOLLERR | EPOLLHUP)) fell(c);
    else if (c->state == CONNECTING) {
      c->state = UPGRADING;
      if (!greet(&c->wire, poll, c->token, c)) fell(c);
    } else readFrom(c);
  }
}

static void begin(double time) {
  for (struct client *c = clients; c < clients + clientCount; c++) {
    if (c->state != WAITING || c->due > time) continue;
    attempts++;
    c->state = CONNECTING;
    dial(&c->wire, poll, port, c);
  }
}

static double pickAt(double share, int isHeard) {
  double *values = malloc(clientCount * sizeof *values);
  for (int i = 0; i < clientCount; i++) values[i] = isHeard ? clients[i].heardAt : clients[i].syncedAt;
  qsort(values, clientCount, sizeof *values, byValue);
  double value = at(values, clientCount, share);
  free(values);
  return value;
}

static void run(const char *policy, const int *pids, int pidCount) {
  isHerd = !strncmp(policy, "herd", 4);
  synced = refused = lost = wrong = attempts = 0;
  double cpu = 0, own = ownCpu(), looked = 0;
  for (int i = 0; i < pidCount; i++) cpu -= cpuOf(pids[i]);
  began = now();
  for (struct client *c = clients; c < clients + clientCount; c++) {
    c->state = WAITING;
    c->tries = 0;
    c->due = began + (isHerd ? 0 : backoff(0));
  }
  while (synced < clientCount && now() < began + 120) {
    if (now() - looked > 0.005) begin(looked = now());
    turn();
  }
  double seconds = now() - began;
  for (int i = 0; i < pidCount; i++) cpu += cpuOf(pids[i]);
  printf("{\"clients\":%d,\"synced\":%d,\"wrong\":%ld,\"attempts\":%ld,\"refused\":%ld,\"lost\":%ld,\"half\":%.3f,\"most\":%.3f,"
         "\"all\":%.3f,\"blackout\":%.3f,\"serverCpu\":%.3f,\"ownCpu\":%.3f,\"seconds\":%.3f}\n",
         clientCount, synced, wrong, attempts, refused, lost, pickAt(.5, 0), pickAt(.99, 0), pickAt(1, 0), pickAt(.99, 1), cpu,
         ownCpu() - own, seconds);
  for (struct client *c = clients; c < clients + clientCount; c++) hangUp(&c->wire);
}

static void readFiles(const char *chatsPath, const char *clientsPath) {
  FILE *file = fopen(chatsPath, "r");
  chats = calloc(100000, sizeof *chats);
  for (struct chat *chat = chats; file && fscanf(file, "%39s %ld", chat->id, &chat->rev) == 2;) chat++;
  file = fopen(clientsPath, "r");
  if (!file) die("no clients");
  clients = calloc(20000, sizeof *clients);
  for (struct client *c = clients; fscanf(file, "%599s %d", c->token, &c->chatCount) == 2; c++, clientCount++) {
    c->wire.fd = -1;
    if (c->chatCount > MOST_CHATS) die("too many chats");
    for (int i = 0; i < c->chatCount; i++)
      if (fscanf(file, "%d", &c->chats[i]) != 1) die("chats of a client");
  }
}

int main(int count, char **words) {
  if (count < 7) die("PORT FORM CHATS CLIENTS MISSED PID…");
  port = atoi(words[1]);
  isBare = !strcmp(words[2], "bare");
  missed = atoi(words[5]);
  readFiles(words[3], words[4]);
  int pids[16], pidCount = 0;
  for (int i = 6; i < count && pidCount < 16; i++) pids[pidCount++] = atoi(words[i]);
  poll = epoll_create1(0);
  printf("{\"ready\":%d}\n", clientCount);
  fflush(stdout);
  char line[100], policy[20];
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "run %19s", policy) == 1) run(policy, pids, pidCount);
    fflush(stdout);
  }
}
