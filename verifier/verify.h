/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_VERIFIER_VERIFY_H
#define TB_VERIFIER_VERIFY_H

/* All of tabella-verify; returns its exit code.  (main.c only calls it, so that tests can.) */
int tb_verify_main(int argc, char **argv);

#endif
