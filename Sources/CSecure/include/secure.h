#pragma once
#include <openssl/ssl.h>
#include <stddef.h>

// What OpenSSL asks by callbacks, kept for whoever drives the session: a
// callback never calls back into Swift, so that none runs on the small stack
// that a paused operation has (ASYNC_start_job(3ssl)).

enum {
  CHAT_KEY_LENGTH = 32,
  CHAT_SIGNATURE_LENGTH = 64,
  // TLS 1.3's CertificateVerify with a 48-byte hash (RFC 8446, 4.4.3).
  CHAT_LONGEST_REQUEST = 146,
};

typedef enum { CHAT_OPEN, CHAT_ACCEPTED, CHAT_REFUSED } chat_answer;

typedef struct {
  // Whether the peer showed a certificate with an Ed25519 key, that key, and
  // the certificate's common name.
  int has_key;
  unsigned char key[CHAT_KEY_LENGTH];
  char name[64];
  // What is thought of it: CHAT_OPEN pauses a client's handshake.
  chat_answer judgement;
  // Bytes to sign, when `request_length` is not 0, and the answer.
  size_t request_length;
  unsigned char request[CHAT_LONGEST_REQUEST];
  chat_answer signed_or_not;
  unsigned char signature[CHAT_SIGNATURE_LENGTH];
  // KeyUpdate and other messages that came after the handshake.
  int messages_after_handshake;
  // The last fatal alert that the peer sent, or -1.
  int alert;
} chat_callbacks;

// ALPN (RFC 7301), keys and message counts for all sessions of `context`.
void chat_set_callbacks(SSL_CTX *context, int is_server);

// The name by which two of ours know each other, as ALPN writes it.
extern const unsigned char chat_protocol[];
extern const unsigned int chat_protocol_length;

// Says whose answers the callbacks of this thread's next call take. NULL after
// it.
void chat_enter(chat_callbacks *callbacks);
void chat_attach(SSL *session, chat_callbacks *callbacks);

// Makes the provider known whose keys sign by asking. Once a process.
int chat_register_signer(void);
// A key without its private half, which signs by asking; NULL when that fails.
EVP_PKEY *chat_signer_key(const unsigned char public_key[CHAT_KEY_LENGTH]);
