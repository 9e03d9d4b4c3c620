/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log/receipt.h"

static tb_err refuse(tb_fault *fault, const char *found)
{
	return tb_fault_set(fault, "RECEIPT", "", "the receipt of an entry of this log", found);
}

static tb_err refuse_checkpoint(tb_fault *fault, const char *found)
{
	return tb_fault_set(
		fault, "LOG.CHECKPOINT", "", "a checkpoint of this log, signed by its key", found);
}

/* A file that cannot be read: is it the checkpoint in it? */
static tb_err explain(const tb_proof *proof, const tb_why *why, tb_fault *fault)
{
	tb_checkpoint c;
	tb_note note;
	tb_why again;

	if (proof->checkpoint_text != NULL && tb_checkpoint_parse(&c, &note, proof->checkpoint_text,
						      proof->checkpoint_text_len, &again) != TB_OK)
		return refuse_checkpoint(fault, why->text);
	return refuse(fault, why->text);
}

tb_err tb_receipt_open(tb_receipt *out, tb_buf *extra, tb_buf *room, const char *in, size_t in_len,
	const tb_vkey *log_key, tb_fault *fault)
{
	tb_why why = {""};
	tb_err err = tb_proof_parse(&out->proof, extra, in, in_len, &why);

	if (err == TB_ERR_MEMORY)
		return err;
	if (err != TB_OK)
		return explain(&out->proof, &why, fault);
	if (out->proof.extra == NULL)
		return refuse(fault, "one that does not hold the entry itself");
	err = tb_entry_parse(&out->entry, room, out->proof.extra, out->proof.extra_len, fault);
	if (err == TB_ERR_RULE)
		return refuse(fault, "one that holds something else than an entry");
	if (err != TB_OK)
		return err;
	tb_merkle_leaf(out->leaf, out->proof.extra, out->proof.extra_len);
	err = tb_proof_verify(&out->proof, out->leaf, log_key, &why);
	if (err == TB_ERR_SIGNATURE)
		return refuse_checkpoint(fault, why.text);
	return err == TB_OK || err == TB_ERR_MEMORY ? err : refuse(fault, why.text);
}
