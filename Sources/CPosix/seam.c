#include "CPosix.h"

// Per thread, because the tests run on several.
static _Thread_local void *script;

void *cposix_seam_get(void) { return script; }
void cposix_seam_set(void *value) { script = value; }
