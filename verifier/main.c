/* SPDX-License-Identifier: Apache-2.0 */
#include "verifier/verify.h"

int main(int argc, char **argv)
{
	return tb_verify_main(argc, argv);
}
