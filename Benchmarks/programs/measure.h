// What every program of the benchmark needs: a clock, sockets that wait for
// all their bytes, percentiles, and an end with a sentence.
#pragma once
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static inline void fail(const char *what) {
  perror(what);
  exit(70);
}

// Nanoseconds of the monotonic clock, clock_gettime(2).
static inline uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

// The value below which `share` of the times lie; sorts them.
static inline double percentile(uint64_t *times, size_t count, double share) {
  if (count == 0) return 0;
  qsort(times, count, sizeof *times, ascending);
  size_t at = (size_t)(share * (double)count);
  return (double)times[at < count ? at : count - 1];
}

static inline struct sockaddr_in loopback(int port) {
  return (struct sockaddr_in){.sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static inline void no_delay(int socket) {
  int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static inline int listen_at(int port) {
  int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  struct sockaddr_in address = loopback(port);
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(s, (void *)&address, sizeof address)) fail("bind");
  if (listen(s, 1024)) fail("listen");
  return s;
}

// TLS, where BENCH_TLS is in the environment: the session of each socket. The peer
// has a key of its own then, as chatclient has; whose the server's is it does not ask.
static SSL *sessions[1024];

static inline SSL_CTX *tls_context(void) {
  static SSL_CTX *context;
  if (context || !getenv("BENCH_TLS")) return context;
  context = SSL_CTX_new(TLS_client_method());
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
  X509 *wrapper = X509_new();
  if (!context || !key || !wrapper) fail("OpenSSL");
  ASN1_INTEGER_set(X509_get_serialNumber(wrapper), 1);
  X509_gmtime_adj(X509_getm_notBefore(wrapper), 0);
  X509_gmtime_adj(X509_getm_notAfter(wrapper), 86400);
  X509_set_pubkey(wrapper, key);
  X509_sign(wrapper, key, NULL);
  SSL_CTX_use_certificate(context, wrapper);
  SSL_CTX_use_PrivateKey(context, key);
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_alpn_protos(context, (const unsigned char *)"\x0b" "chatserve/1", 12);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  return context;
}

static inline void begin_tls(int socket) {
  SSL_CTX *context = tls_context();
  if (!context) return;
  SSL *session = SSL_new(context);
  SSL_set_fd(session, socket);
  if (SSL_connect(session) != 1) fail("SSL_connect");
  sessions[socket] = session;
}

static inline void end_peer(int socket) {
  SSL_free(sessions[socket]);
  sessions[socket] = NULL;
  close(socket);
}

// recv(2), or what one record has.
static inline ssize_t receive(int socket, char *bytes, size_t room) {
  if (!sessions[socket]) return recv(socket, bytes, room, 0);
  return SSL_read(sessions[socket], bytes, (int)room);
}

// A connected socket, or -1 when nothing listens.
static inline int try_connect(int port) {
  int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = loopback(port);
  if (connect(s, (void *)&address, sizeof address) == 0) {
    no_delay(s);
    return s;
  }
  close(s);
  return -1;
}

static inline int connect_to(int port) {
  int s = try_connect(port);
  if (s < 0) fail("connect");
  begin_tls(s);
  return s;
}

static inline void send_all(int socket, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t sent = sessions[socket] ? SSL_write(sessions[socket], bytes, (int)count)
                                    : send(socket, bytes, count, MSG_NOSIGNAL);
    if (sent <= 0) fail("send");
    bytes += sent;
    count -= (size_t)sent;
  }
}

// Reads up to and with a NUL-ended record that says `wanted`; bytes after it
// are dropped, so it is for records that the peer waits after.
static inline void await_record(int socket, const char *wanted) {
  char record[33000];
  size_t length = 0;
  for (;;) {
    ssize_t count = receive(socket, record + length, 1);
    if (count <= 0) {
      fprintf(stderr, "the peer closed before it said \"%s\"\n", wanted);
      exit(70);
    }
    if (record[length] == 0) {
      if (strcmp(record, wanted) == 0) return;
      length = 0;
    } else if (length + 1 < sizeof record) {
      length++;
    }
  }
}

// As a native peer: greeting, handle, and the wait for the floor.
static inline int take_floor(int port) {
  int s = connect_to(port);
  await_record(s, "SERVER");
  send_all(s, "bench", 6);
  await_record(s, "floor");
  return s;
}

// About a hundred bytes, as people write.
static const char *const sentence =
    "the meeting is at noon, please bring the laptop and coffee for the budget review "
    "tomorrow before nine";
