/* SPDX-License-Identifier: Apache-2.0 */
#include "server/tls.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "crypto/hash.h"

#define CHAIN_MAX 16
#define FILE_MAX (1u << 20)

/* One certificate chain and its key.  A handshake may still be using an older one, so they are all kept until the end; the
 * same files are not loaded twice, so that is one for each renewal. */
typedef struct pair {
	struct pair *older;
	uint8_t digest[TB_SHA256_BYTES]; /* of both files */
	gnutls_pcert_st chain[CHAIN_MAX];
	unsigned chain_len;
	gnutls_privkey_t key;
} pair;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pair *newest;

static void pair_free(pair *p)
{
	for (unsigned i = 0; i < p->chain_len; i++)
		gnutls_pcert_deinit(&p->chain[i]);
	if (p->key != NULL)
		gnutls_privkey_deinit(p->key);
	free(p);
}

static tb_err wrong(tb_fault *fault, const char *which, const char *expected, const char *found)
{
	return tb_fault_set(fault, "CONFIG", which, expected, found);
}

static tb_err read_pem(tb_buf *out, const char *path, const char *which, tb_fault *fault)
{
	tb_why why;
	tb_err err = tb_file_read(out, path, &why);

	return err == TB_OK || err == TB_ERR_MEMORY
		       ? err
		       : wrong(fault, which, "a file that can be read", why.text);
}

static tb_err parse_chain(pair *p, const tb_buf *pem, tb_fault *fault)
{
	gnutls_datum_t text = {.data = pem->data, .size = (unsigned)pem->len};
	unsigned num = CHAIN_MAX;
	int code = gnutls_pcert_list_import_x509_raw(
		p->chain, &num, &text, GNUTLS_X509_FMT_PEM, GNUTLS_X509_CRT_LIST_FAIL_IF_UNSORTED);

	if (code < 0)
		return wrong(fault, "tls-certificate", "certificates in PEM form, the server's own first",
			gnutls_strerror(code));
	p->chain_len = num;
	return TB_OK;
}

static tb_err parse_key(pair *p, const tb_buf *pem, tb_fault *fault)
{
	gnutls_datum_t text = {.data = pem->data, .size = (unsigned)pem->len};
	int code = gnutls_privkey_init(&p->key);

	if (code == 0)
		code = gnutls_privkey_import_x509_raw(p->key, &text, GNUTLS_X509_FMT_PEM, NULL, 0);
	return code == 0 ? TB_OK
			 : wrong(fault, "tls-key", "a private key in PEM form, without a password",
				   gnutls_strerror(code));
}

/* A key that belongs to another certificate would fail at every handshake; better said at the start. */
static tb_err check_fit(const pair *p, tb_fault *fault)
{
	unsigned char of_certificate[64], of_key[64];
	size_t certificate_len = sizeof of_certificate, key_len = sizeof of_key;
	gnutls_pubkey_t public;
	int code = gnutls_pubkey_init(&public);

	if (code != 0)
		return TB_ERR_MEMORY;
	code = gnutls_pubkey_import_privkey(public, p->key, 0, 0);
	if (code == 0)
		code = gnutls_pubkey_get_key_id(public, GNUTLS_KEYID_USE_SHA256, of_key, &key_len);
	if (code == 0)
		code = gnutls_pubkey_get_key_id(
			p->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, of_certificate, &certificate_len);
	gnutls_pubkey_deinit(public);
	if (code != 0)
		return wrong(fault, "tls-key", "a key that can be used", gnutls_strerror(code));
	if (key_len != certificate_len || memcmp(of_key, of_certificate, key_len) != 0)
		return wrong(fault, "tls-key", "the key of the first certificate", "another key");
	return TB_OK;
}

static tb_err take(const tb_buf *certificate, const tb_buf *key, tb_fault *fault)
{
	pair *p = calloc(1, sizeof *p);
	tb_sha256_state hash;
	tb_err err;

	if (p == NULL)
		return TB_ERR_MEMORY;
	tb_sha256_init(&hash);
	tb_sha256_update(&hash, certificate->data, certificate->len);
	tb_sha256_update(&hash, key->data, key->len);
	tb_sha256_final(&hash, p->digest);
	err = parse_chain(p, certificate, fault);
	if (err == TB_OK)
		err = parse_key(p, key, fault);
	if (err == TB_OK)
		err = check_fit(p, fault);
	(void)pthread_mutex_lock(&lock);
	if (err == TB_OK && (newest == NULL || memcmp(newest->digest, p->digest, sizeof p->digest) != 0)) {
		p->older = newest;
		newest = p;
		p = NULL;
	}
	(void)pthread_mutex_unlock(&lock);
	if (p != NULL)
		pair_free(p);
	return err;
}

tb_err tb_tls_load(const char *certificate_file, const char *key_file, tb_fault *fault)
{
	tb_buf certificate, key;
	tb_err err;

	tb_buf_init(&certificate, FILE_MAX);
	tb_buf_init_secret(&key, FILE_MAX);
	err = read_pem(&certificate, certificate_file, "tls-certificate", fault);
	if (err == TB_OK)
		err = read_pem(&key, key_file, "tls-key", fault);
	if (err == TB_OK)
		err = take(&certificate, &key, fault);
	tb_buf_release(&certificate);
	tb_buf_release(&key);
	return err;
}

static int retrieve(gnutls_session_t session, const gnutls_datum_t *names, int num_names,
	const gnutls_pk_algorithm_t *algorithms, int num_algorithms, gnutls_pcert_st **chain,
	unsigned *chain_len, gnutls_privkey_t *key)
{
	(void)session;
	(void)names;
	(void)num_names;
	(void)algorithms;
	(void)num_algorithms;
	(void)pthread_mutex_lock(&lock);
	*chain = newest != NULL ? newest->chain : NULL;
	*chain_len = newest != NULL ? newest->chain_len : 0;
	*key = newest != NULL ? newest->key : NULL;
	(void)pthread_mutex_unlock(&lock);
	return *chain != NULL ? 0 : -1;
}

void *tb_tls_callback(void)
{
	gnutls_certificate_retrieve_function2 *function = retrieve;
	void *out;

	memcpy(&out, &function, sizeof out); /* ISO C has no cast between the two */
	return out;
}

/* GnuTLS would still speak TLS 1.0 and 1.1, whose handshakes rest on SHA-1. */
void *tb_tls_priorities(void)
{
	static char versions[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

	return versions;
}

void tb_tls_release(void)
{
	(void)pthread_mutex_lock(&lock);
	while (newest != NULL) {
		pair *p = newest;

		newest = p->older;
		pair_free(p);
	}
	(void)pthread_mutex_unlock(&lock);
}
