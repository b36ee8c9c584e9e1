#include "secure.h"
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <string.h>

const unsigned char chat_protocol[] = "\x0b"
                                      "chatserve/1";
const unsigned int chat_protocol_length = sizeof chat_protocol - 1;

void chat_attach(SSL *session, chat_callbacks *callbacks) {
  callbacks->alert = -1;
  SSL_set_app_data(session, callbacks);
}

// Ours if it is offered. Who offers others only is refused (RFC 7301, 3.2), so
// that no web page can talk to this port.
static int choose_protocol(SSL *session, const unsigned char **chosen, unsigned char *length,
                           const unsigned char *offered, unsigned int count, void *unused) {
  (void)session;
  (void)unused;
  for (unsigned int at = 0; at < count;) {
    unsigned int size = 1 + (unsigned int)offered[at];
    if (size > count - at) break;
    if (size == chat_protocol_length && memcmp(offered + at, chat_protocol, size) == 0) {
      *chosen = offered + at + 1;
      *length = offered[at];
      return SSL_TLSEXT_ERR_OK;
    }
    at += size;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// Chains, names and dates mean nothing here: the key alone is judged. That the
// peer has its private half, OpenSSL checks by itself after this.
static int judge(X509_STORE_CTX *store, void *is_server) {
  SSL *session = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
  chat_callbacks *callbacks = session ? SSL_get_app_data(session) : NULL;
  X509 *certificate = X509_STORE_CTX_get0_cert(store);
  EVP_PKEY *key = certificate ? X509_get0_pubkey(certificate) : NULL;
  size_t length = CHAT_KEY_LENGTH;
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
  if (!callbacks || !key || !EVP_PKEY_is_a(key, "ED25519") ||
      !EVP_PKEY_get_raw_public_key(key, callbacks->key, &length) || length != CHAT_KEY_LENGTH)
    return 0;
  callbacks->has_key = 1;
  callbacks->name[0] = 0;
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, callbacks->name,
                            sizeof callbacks->name);
  if (is_server) callbacks->judgement = CHAT_ACCEPTED;
  if (callbacks->judgement == CHAT_REFUSED) return 0;
  X509_STORE_CTX_set_error(store, X509_V_OK);
  // SSL_CTX_set_cert_verify_callback(3ssl): the handshake stops here with
  // SSL_ERROR_WANT_RETRY_VERIFY, and this is called again.
  if (callbacks->judgement == CHAT_OPEN && !SSL_set_retry_verify(session)) return 0;
  return 1;
}

static void count(int is_written, int version, int kind, const void *bytes, size_t length,
                  SSL *session, void *unused) {
  (void)version;
  (void)unused;
  chat_callbacks *callbacks = SSL_get_app_data(session);
  if (!callbacks || is_written) return;
  const unsigned char *message = bytes;
  if (kind == SSL3_RT_HANDSHAKE && SSL_is_init_finished(session) && length > 0 &&
      message[0] != SSL3_MT_FINISHED)
    callbacks->messages_after_handshake++;
  if (kind == SSL3_RT_ALERT && length == 2 && message[0] == SSL3_AL_FATAL)
    callbacks->alert = message[1];
}

void chat_set_callbacks(SSL_CTX *context, int is_server) {
  SSL_CTX_set_msg_callback(context, count);
  if (is_server)
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
  else
    SSL_CTX_set_alpn_protos(context, chat_protocol, chat_protocol_length);
  // A server asks for a key and does without one.
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_cert_verify_callback(context, judge, is_server ? context : NULL);
}
