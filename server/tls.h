/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_TLS_H
#define TB_SERVER_TLS_H

#include "core/base/fault.h"

/*
 * Certificate and key of the addresses that speak TLS: the only file that knows GnuTLS, which libmicrohttpd speaks TLS with.  One
 * pair for the process, since GnuTLS asks for it without saying for whom.  A renewed certificate is taken over without a
 * restart; connections that have begun keep the one they saw.
 */

/* Reads both PEM files, and takes them when the key fits the certificate; else what was there stays.  RULE "CONFIG" with *fault,
 * MEMORY. */
TB_CHECKED tb_err tb_tls_load(const char *certificate_file, const char *key_file, tb_fault *fault);
/* For MHD_OPTION_HTTPS_CERT_CALLBACK: a gnutls_certificate_retrieve_function2. */
void *tb_tls_callback(void);
/* For MHD_OPTION_HTTPS_PRIORITIES, a string: TLS 1.2 and 1.3 only. */
void *tb_tls_priorities(void);
/* Forgets them.  No connection may be left. */
void tb_tls_release(void);

#endif
