#pragma once
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

// What OpenSSL has as macros, which a Swift importer does not see.

// SSL_CTX_set_min_proto_version(3ssl) and its other half.
static inline int chat_allow_tls13_alone(SSL_CTX *context) {
  return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) &&
         SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
}

// SSL_CTX_set_mode(3ssl): buffers are given back between records. No session is
// ever resumed, so that no process holds a key to do it with (CVE-2024-2511).
// `certificates` is in bytes.
static inline void chat_set_habits(SSL_CTX *context, long certificates) {
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_max_cert_list(context, certificates);
}

static inline int chat_set_groups(SSL_CTX *context, const char *list) {
  return SSL_CTX_set1_groups_list(context, (char *)list);
}

// What the peer may sign with, and what it may show a key of.
static inline int chat_set_signatures(SSL_CTX *context, const char *list) {
  return SSL_CTX_set1_sigalgs_list(context, (char *)list) &&
         SSL_CTX_set1_client_sigalgs_list(context, (char *)list);
}

// SSL_MODE_ASYNC: an operation on a key may be answered later.
static inline void chat_allow_pauses(SSL *session, int is_on) {
  if (is_on)
    SSL_set_mode(session, SSL_MODE_ASYNC);
  else
    SSL_clear_mode(session, SSL_MODE_ASYNC);
}

// BIO_s_mem(3ssl): its end is not an end of file, for more may come.
static inline BIO *chat_memory(void) {
  BIO *memory = BIO_new(BIO_s_mem());
  if (memory) BIO_set_mem_eof_return(memory, -1);
  return memory;
}

static inline size_t chat_contents(BIO *memory, char **bytes) {
  long count = BIO_get_mem_data(memory, bytes);
  return count > 0 ? (size_t)count : 0;
}

static inline void chat_empty(BIO *memory) { (void)BIO_reset(memory); }

static inline int chat_reason(unsigned long error) { return ERR_GET_REASON(error); }
