#define _GNU_SOURCE
#include "CPosix.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

int cposix_stream_socket(int family) {
  return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int cposix_accept(int listener, struct sockaddr_storage *from, unsigned int *length) {
  *length = sizeof *from;
  return accept4(listener, (struct sockaddr *)from, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int cposix_seqpacket_pair(int ends[2]) {
  return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends);
}

long cposix_send_message(int descriptor, const void *bytes, size_t count) {
  return send(descriptor, bytes, count, MSG_NOSIGNAL);
}

long cposix_receive_message(int descriptor, void *bytes, size_t capacity) {
  return recv(descriptor, bytes, capacity, MSG_TRUNC);
}

int cposix_set_option(int descriptor, int level, int name, int value) {
  return setsockopt(descriptor, level, name, &value, sizeof value);
}

int cposix_get_option(int descriptor, int level, int name, int *value) {
  socklen_t length = sizeof *value;
  return getsockopt(descriptor, level, name, value, &length);
}

int cposix_shutdown_write(int descriptor) { return shutdown(descriptor, SHUT_WR); }

bool cposix_v4_mapped_text(const struct sockaddr *address, char *text, unsigned int capacity) {
  if (address->sa_family != AF_INET6) return false;
  struct sockaddr_in6 v6;
  memcpy(&v6, address, sizeof v6); // the caller's bytes need not be aligned
  if (!IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) return false;
  return inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text, capacity) != NULL;
}

bool cposix_is_link_local_v6(const struct sockaddr *address) {
  if (address->sa_family != AF_INET6) return false;
  struct sockaddr_in6 v6;
  memcpy(&v6, address, sizeof v6);
  return IN6_IS_ADDR_LINKLOCAL(&v6.sin6_addr);
}
