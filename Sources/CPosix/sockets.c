#define _GNU_SOURCE
#include "CPosix.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <resolv.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

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
  return send(descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// Room for descriptors beside a message, aligned as cmsg(3) demands.
union control {
  char bytes[CMSG_SPACE(sizeof(int) * CPOSIX_MOST_PASSED)];
  struct cmsghdr header;
};

long cposix_send_passing(
    int descriptor, const void *bytes, size_t count, const int *passed, int passed_count) {
  if (passed_count < 1 || passed_count > CPOSIX_MOST_PASSED) {
    errno = EINVAL;
    return -1;
  }
  const size_t size = sizeof(int) * (size_t)passed_count;
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
  union control control = {.bytes = {0}};
  struct msghdr message = {
      .msg_iov = &part,
      .msg_iovlen = 1,
      .msg_control = control.bytes,
      .msg_controllen = CMSG_SPACE(size),
  };
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(size);
  memcpy(CMSG_DATA(header), passed, size);
  return sendmsg(descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

long cposix_receive_passed(
    int descriptor, void *bytes, size_t capacity, int passed[CPOSIX_MOST_PASSED], int *passed_count) {
  struct iovec part = {.iov_base = bytes, .iov_len = capacity};
  union control control;
  struct msghdr message = {
      .msg_iov = &part,
      .msg_iovlen = 1,
      .msg_control = control.bytes,
      .msg_controllen = sizeof control.bytes,
  };
  *passed_count = 0;
  const ssize_t count = recvmsg(descriptor, &message, MSG_TRUNC | MSG_CMSG_CLOEXEC);
  if (count == -1) return -1;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  for (; header != NULL; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    // The kernel puts in no more than there is room for, and closes the rest.
    const size_t size = header->cmsg_len - CMSG_LEN(0);
    memcpy(passed + *passed_count, CMSG_DATA(header), size);
    *passed_count += (int)(size / sizeof(int));
  }
  return count;
}

long cposix_receive_message(int descriptor, void *bytes, size_t capacity) {
  return recv(descriptor, bytes, capacity, MSG_TRUNC);
}

long cposix_peek(int descriptor, void *byte) { return recv(descriptor, byte, 1, MSG_PEEK); }

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

void cposix_hurry_resolver(void) {
  // It must be read again by this: glibc does not look for another resolv.conf(5)
  // where these were changed, and takes what they are now for the file's own.
  _res.retrans = RES_TIMEOUT;
  _res.retry = RES_DFLRETRY;
  if (res_init() != 0) return;
  _res.retrans = 1;
  _res.retry = 1;
}

long cposix_send_datagram(const void *path, size_t path_length, const void *bytes, size_t count) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (path_length > sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(address.sun_path, path, path_length);
  int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (sender == -1)
    return -1;
  long sent = sendto(
      sender, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&address,
      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_length));
  int error = errno;
  close(sender);
  errno = error;
  return sent;
}

// The address of `name` in a directory, whatever its path is by now.
static int local_address(struct sockaddr_un *address, int directory, const char *name) {
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  const size_t room = sizeof address->sun_path;
  const int length =
      snprintf(address->sun_path, room, "/proc/self/fd/%d/%s", directory, name);
  if (length >= 0 && (size_t)length < room) return 0;
  errno = ENAMETOOLONG;
  return -1;
}

static int close_failed(int descriptor) {
  const int saved = errno;
  close(descriptor);
  errno = saved;
  return -1;
}

int cposix_local_listener(int directory, const char *name, int backlog) {
  struct sockaddr_un address;
  if (local_address(&address, directory, name) == -1) return -1;
  const int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener == -1) return -1;
  // The mode of what bind(2) makes: unix(7), "Pathname socket ownership and permissions".
  const mode_t before = umask(0177);
  const int bound = bind(listener, (struct sockaddr *)&address, sizeof address);
  const int saved = errno;
  umask(before);
  errno = saved;
  if (bound == -1 || listen(listener, backlog) == -1) return close_failed(listener);
  return listener;
}

int cposix_local_connect(int directory, const char *name) {
  struct sockaddr_un address;
  if (local_address(&address, directory, name) == -1) return -1;
  const int caller = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (caller == -1) return -1;
  if (connect(caller, (struct sockaddr *)&address, sizeof address) == -1)
    return close_failed(caller);
  return caller;
}

int cposix_local_accept(int listener) {
  return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int cposix_peer_credentials(int socket, int *process, unsigned int *user) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) == -1) return -1;
  *process = peer.pid;
  *user = peer.uid;
  return 0;
}

int cposix_open_directory(const char *path) {
  return open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int cposix_remove_name(int directory, const char *name) { return unlinkat(directory, name, 0); }
