// Posters over HTTP that never rest: each connection asks again as soon as it is answered. Built at run time (`gcc -O2`).
//
//   post PORT POSTERS CONTENT PID…
//
// POSTERS  a line per connection: TOKEN CHAT_ID
//
// On stdin: `run SECONDS` answers a line of JSON with what came back by its kind, and the latency in milliseconds.
#define _GNU_SOURCE
#include "socket.h"

#define MOST 4000000

struct client {
  struct wire wire;
  int isBusy;
  double askedAt;
  char *token, chat[40];
};

static struct client *clients;
static double *latencies;
static int clientCount, port, poll, mark;
static long number, created, limited, unavailable, bare, others, broken, asked;
static char content[20000];

static void ask(struct client *c) {
  char body[21000], text[24000];
  int length = sprintf(body, "{\"client_id\":\"0191%04x-0000-7000-8000-%012lx\",\"content\":\"%s\"}", mark, number++, content);
  int whole = sprintf(text,
                      "POST /api/chats/%s/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                      "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                      c->chat, c->token, length, body);
  c->askedAt = now();
  c->isBusy = 1;
  asked++;
  if (write(c->wire.fd, text, whole) != whole) broken++;
}

static void redial(struct client *c) {
  if (c->isBusy) broken++;
  hangUp(&c->wire);
  c->isBusy = 0;
  dial(&c->wire, poll, port, c);
}

/** Whether a whole answer was there. */
static int answered(struct client *c) {
  struct wire *w = &c->wire;
  char *end = w->in ? strstr(w->in, "\r\n\r\n") : NULL, *size = end ? strcasestr(w->in, "content-length:") : NULL;
  if (!size || w->inLength < (size_t)(end + 4 - w->in) + atol(size + 15)) return 0;
  int status = atoi(w->in + 9), isTold = strcasestr(w->in, "retry-after:") != NULL;
  if (status == 201 || status == 200) {
    if (created < MOST) latencies[created] = (now() - c->askedAt) * 1e3;
    created++;
  } else if (status == 429) limited++;
  else if (status == 503) unavailable++;
  else if (others++ == 0) fprintf(stderr, "post: %.300s\n", w->in);
  if ((status == 429 || status == 503) && !isTold) bare++;
  consume(w, end + 4 - w->in + atol(size + 15));
  c->isBusy = 0;
  return 1;
}

static void turn(double until) {
  struct epoll_event events[512];
  int n = epoll_wait(poll, events, 512, 1);
  for (int i = 0; i < n; i++) {
    struct client *c = events[i].data.ptr;
    if (!c->wire.isUpgraded) {
      c->wire.isUpgraded = 1;
      struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
      epoll_ctl(poll, EPOLL_CTL_MOD, c->wire.fd, &event);
    } else if (!take(&c->wire)) {
      redial(c);
      continue;
    } else if (!answered(c)) continue;
    if (!c->isBusy && now() < until) ask(c);
  }
}

static long busy(void) {
  long count = 0;
  for (int i = 0; i < clientCount; i++) count += clients[i].isBusy;
  return count;
}

static void run(double seconds) {
  created = limited = unavailable = bare = others = broken = asked = 0;
  double began = now(), until = began + seconds, own = ownCpu();
  for (struct client *c = clients; c < clients + clientCount; c++) {
    if (c->wire.fd < 0) dial(&c->wire, poll, port, c);
    else if (c->wire.isUpgraded) ask(c);
  }
  while (now() < until) turn(until);
  long inTime = created;
  for (double patience = now() + 30; busy() > 0 && now() < patience;) turn(0);
  long count = created < MOST ? created : MOST;
  qsort(latencies, count, sizeof *latencies, byValue);
  printf("{\"asked\":%ld,\"created\":%ld,\"stored\":%ld,\"limited\":%ld,\"unavailable\":%ld,\"untold\":%ld,\"others\":%ld,\"broken\":%ld,"
         "\"unanswered\":%ld,\"p50\":%.2f,\"p99\":%.2f,\"ownCpu\":%.3f,\"seconds\":%.3f}\n",
         asked, inTime, created, limited, unavailable, bare, others, broken, busy(), at(latencies, count, .5), at(latencies, count, .99),
         ownCpu() - own, seconds);
}

int main(int count, char **words) {
  if (count < 4) die("PORT POSTERS CONTENT");
  port = atoi(words[1]);
  memset(content, 'a', atoi(words[3]));
  mark = getpid() & 0xffff;
  FILE *file = fopen(words[2], "r");
  if (!file) die("no posters");
  clients = calloc(20000, sizeof *clients);
  latencies = calloc(MOST, sizeof *latencies);
  char token[600];
  while (fscanf(file, "%599s %39s", token, clients[clientCount].chat) == 2) {
    clients[clientCount].wire.fd = -1;
    clients[clientCount++].token = strdup(token);
  }
  poll = epoll_create1(0);
  printf("{\"ready\":%d}\n", clientCount);
  fflush(stdout);
  char line[100];
  double seconds;
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "run %lf", &seconds) == 1) run(seconds);
    fflush(stdout);
  }
}
