/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_ERR_H
#define TB_CRYPTO_ERR_H

/*
 * The one error enum of Tabella.  0 is success; every other value is compared explicitly.
 * Bad data from outside returns one of these; a bug of the caller aborts (tb_bug).
 */
typedef enum tb_err {
	TB_OK = 0,
	TB_ERR_ENCODING,  /* bytes that are not the one canonical encoding of anything */
	TB_ERR_RANGE,     /* a well-formed value outside its allowed range */
	TB_ERR_GROUP,     /* a number or string that is no element of the group */
	TB_ERR_PROOF,     /* a proof does not verify */
	TB_ERR_SIGNATURE, /* a signature does not verify */
	TB_ERR_DECRYPT,   /* an authenticated decryption failed */
	TB_ERR_RANDOM,    /* the operating system gave no randomness */
	TB_ERR_MEMORY,    /* an allocation failed */
	TB_ERR_LIMIT,     /* larger than a stated limit */
	TB_ERR_NOT_FOUND, /* what was asked for is not there */
	TB_ERR_IO,        /* reading or writing failed; errno says more */
	TB_ERR_STATE,     /* right in itself, but not at this point */
	TB_ERR_RULE       /* a rule of specs/ is broken; a tb_fault names it */
} tb_err;

#define TB_CHECKED __attribute__((warn_unused_result))

/* A short constant text for logs ("bad encoding").  Never NULL. */
const char *tb_err_text(tb_err err);

/* Reports a bug of the caller and aborts.  Never used for input from outside. */
__attribute__((noreturn)) void tb_bug_at(const char *file, int line, const char *what);
#define tb_bug(what) tb_bug_at(__FILE__, __LINE__, (what))
#define TB_REQUIRE(condition)                                                                                \
	do {                                                                                                 \
		if (!(condition))                                                                            \
			tb_bug(#condition);                                                                  \
	} while (0)

#endif
