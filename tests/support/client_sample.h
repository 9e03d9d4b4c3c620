/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_CLIENT_SAMPLE_H
#define TB_TESTS_CLIENT_SAMPLE_H

#include "server/client.h"

/* Web clients for tests: none; and small ones, whose versions differ in the page "vote" and the file that it loads. */
#define CLIENT_SAMPLE_VERSIONS 3

extern const tb_client client_none;
const tb_client *client_sample(unsigned version); /* 0 .. CLIENT_SAMPLE_VERSIONS - 1 */

#endif
