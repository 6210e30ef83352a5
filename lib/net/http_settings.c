/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

/* In a file of its own, so that setting it links nothing of HTTP. */
struct http_settings http_settings = {.retries = 3, .retry_max_ms = 30000, .user_agent = "cosign"};
