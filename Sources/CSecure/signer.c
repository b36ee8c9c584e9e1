// An OpenSSL provider (provider(7ossl)) whose Ed25519 key has its private half
// somewhere else: a signature is asked for, the operation paused, and the
// answer taken when it goes on.
#include "secure.h"
#include <openssl/async.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local chat_callbacks *current;

void chat_enter(chat_callbacks *callbacks) { current = callbacks; }

// --- The key: provider-keymgmt(7ossl) ---

typedef struct {
  int is_set;
  unsigned char bytes[CHAT_KEY_LENGTH];
} public_key;

static void *key_new(void *provider) {
  (void)provider;
  return calloc(1, sizeof(public_key));
}

static void key_free(void *key) { free(key); }

// It says that it has a private half, since it can sign.
static int key_has(const void *key, int selection) {
  (void)selection;
  return ((const public_key *)key)->is_set;
}

static int key_match(const void *one, const void *other, int selection) {
  (void)selection;
  return memcmp(((const public_key *)one)->bytes, ((const public_key *)other)->bytes,
                CHAT_KEY_LENGTH) == 0;
}

static int key_import(void *key, int selection, const OSSL_PARAM parameters[]) {
  (void)selection;
  const OSSL_PARAM *bytes = OSSL_PARAM_locate_const(parameters, OSSL_PKEY_PARAM_PUB_KEY);
  if (!bytes || bytes->data_size != CHAT_KEY_LENGTH) return 0;
  memcpy(((public_key *)key)->bytes, bytes->data, CHAT_KEY_LENGTH);
  ((public_key *)key)->is_set = 1;
  return 1;
}

static const OSSL_PARAM *key_types(int selection) {
  (void)selection;
  static const OSSL_PARAM types[] = {
      OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0), OSSL_PARAM_END};
  return types;
}

// Never as one with a private half: libcrypto would then sign by its own
// provider, with nothing.
static int key_export(void *key, int selection, OSSL_CALLBACK *take, void *argument) {
  if (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) return 0;
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, ((public_key *)key)->bytes, CHAT_KEY_LENGTH),
      OSSL_PARAM_END};
  return take(parameters, argument);
}

static int key_get(void *key, OSSL_PARAM parameters[]) {
  OSSL_PARAM *one;
  // EVP_PKEY-ED25519(7ossl).
  if ((one = OSSL_PARAM_locate(parameters, OSSL_PKEY_PARAM_BITS)) &&
      !OSSL_PARAM_set_int(one, 256))
    return 0;
  if ((one = OSSL_PARAM_locate(parameters, OSSL_PKEY_PARAM_SECURITY_BITS)) &&
      !OSSL_PARAM_set_int(one, 128))
    return 0;
  if ((one = OSSL_PARAM_locate(parameters, OSSL_PKEY_PARAM_MAX_SIZE)) &&
      !OSSL_PARAM_set_int(one, CHAT_SIGNATURE_LENGTH))
    return 0;
  if ((one = OSSL_PARAM_locate(parameters, OSSL_PKEY_PARAM_MANDATORY_DIGEST)) &&
      !OSSL_PARAM_set_utf8_string(one, ""))
    return 0;
  if ((one = OSSL_PARAM_locate(parameters, OSSL_PKEY_PARAM_PUB_KEY)) &&
      !OSSL_PARAM_set_octet_string(one, ((public_key *)key)->bytes, CHAT_KEY_LENGTH))
    return 0;
  return 1;
}

static const OSSL_PARAM *key_gettable(void *provider) {
  (void)provider;
  static const OSSL_PARAM parameters[] = {
      OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, NULL),
      OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, NULL),
      OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, NULL),
      OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_MANDATORY_DIGEST, NULL, 0),
      OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0),
      OSSL_PARAM_END};
  return parameters;
}

// --- Its signatures: provider-signature(7ossl) ---

static void *signature_new(void *provider, const char *properties) {
  (void)provider;
  (void)properties;
  return calloc(1, 1);
}

static void signature_free(void *context) { free(context); }

static int signature_begin(void *context, const char *digest, void *key,
                           const OSSL_PARAM parameters[]) {
  (void)context;
  (void)key;
  (void)parameters;
  return digest == NULL || digest[0] == 0;
}

static int signature_sign(void *context, unsigned char *signature, size_t *length, size_t size,
                          const unsigned char *bytes, size_t count) {
  (void)context;
  *length = CHAT_SIGNATURE_LENGTH;
  if (!signature) return 1;
  chat_callbacks *asked = current;
  if (!asked || size < CHAT_SIGNATURE_LENGTH || count == 0 || count > CHAT_LONGEST_REQUEST ||
      !ASYNC_get_current_job())
    return 0;
  memcpy(asked->request, bytes, count);
  asked->request_length = count;
  asked->signed_or_not = CHAT_OPEN;
  while (asked->signed_or_not == CHAT_OPEN)
    if (!ASYNC_pause_job()) return 0;
  if (asked->signed_or_not != CHAT_ACCEPTED) return 0;
  memcpy(signature, asked->signature, CHAT_SIGNATURE_LENGTH);
  return 1;
}

// --- The provider: provider-base(7ossl) ---

#define CALL(number, function) {number, (void (*)(void))function}

static const OSSL_DISPATCH key_calls[] = {
    CALL(OSSL_FUNC_KEYMGMT_NEW, key_new),
    CALL(OSSL_FUNC_KEYMGMT_FREE, key_free),
    CALL(OSSL_FUNC_KEYMGMT_HAS, key_has),
    CALL(OSSL_FUNC_KEYMGMT_MATCH, key_match),
    CALL(OSSL_FUNC_KEYMGMT_IMPORT, key_import),
    CALL(OSSL_FUNC_KEYMGMT_IMPORT_TYPES, key_types),
    CALL(OSSL_FUNC_KEYMGMT_EXPORT, key_export),
    CALL(OSSL_FUNC_KEYMGMT_EXPORT_TYPES, key_types),
    CALL(OSSL_FUNC_KEYMGMT_GET_PARAMS, key_get),
    CALL(OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, key_gettable),
    {0, NULL}};

static const OSSL_DISPATCH signature_calls[] = {
    CALL(OSSL_FUNC_SIGNATURE_NEWCTX, signature_new),
    CALL(OSSL_FUNC_SIGNATURE_FREECTX, signature_free),
    CALL(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, signature_begin),
    CALL(OSSL_FUNC_SIGNATURE_DIGEST_SIGN, signature_sign),
    {0, NULL}};

static const OSSL_ALGORITHM *provider_query(void *provider, int operation, int *is_not_kept) {
  static const OSSL_ALGORITHM keys[] = {
      {"ED25519:1.3.101.112", "provider=chatsigner", key_calls, ""}, {0}};
  static const OSSL_ALGORITHM signatures[] = {
      {"ED25519:1.3.101.112", "provider=chatsigner", signature_calls, ""}, {0}};
  (void)provider;
  *is_not_kept = 0;
  if (operation == OSSL_OP_KEYMGMT) return keys;
  if (operation == OSSL_OP_SIGNATURE) return signatures;
  return NULL;
}

static int provider_begin(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *offered,
                          const OSSL_DISPATCH **calls, void **context) {
  static const OSSL_DISPATCH provider_calls[] = {
      CALL(OSSL_FUNC_PROVIDER_QUERY_OPERATION, provider_query), {0, NULL}};
  (void)offered;
  *calls = provider_calls;
  *context = (void *)handle;
  return 1;
}

int chat_register_signer(void) {
  // A provider loaded by name takes the place of the implied default one,
  // which is therefore loaded by name too.
  return OSSL_PROVIDER_add_builtin(NULL, "chatsigner", provider_begin) &&
         OSSL_PROVIDER_load(NULL, "default") && OSSL_PROVIDER_load(NULL, "chatsigner");
}

EVP_PKEY *chat_signer_key(const unsigned char bytes[CHAT_KEY_LENGTH]) {
  EVP_PKEY *key = NULL;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "ED25519", "provider=chatsigner");
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)bytes, CHAT_KEY_LENGTH),
      OSSL_PARAM_END};
  if (!context || EVP_PKEY_fromdata_init(context) <= 0 ||
      EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters) <= 0)
    key = NULL;
  EVP_PKEY_CTX_free(context);
  return key;
}
