/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What proxies and clients write into X-Forwarded-For and Forwarded: one byte that says which, then the header.  The client is then the peer,
 * or an address that the header names; a peer that is not trusted is always itself.
 */
#include <string.h>

#include "server/accept.h"
#include "server/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	tb_address_range trusted[2];
	tb_address near, far, client, again;
	char header[2048];

	if (len < 1 || len > sizeof header || memchr(data + 1, '\0', len - 1) != NULL)
		return 0;
	memcpy(header, data + 1, len - 1);
	header[len - 1] = '\0';
	TB_REQUIRE(tb_address_range_parse(&trusted[0], "127.0.0.0/8") == TB_OK);
	TB_REQUIRE(tb_address_range_parse(&trusted[1], "2001:db8::/32") == TB_OK);
	TB_REQUIRE(tb_address_parse(&near, "127.0.0.1", 9) == TB_OK);
	TB_REQUIRE(tb_address_parse(&far, "192.0.2.1", 9) == TB_OK);
	tb_address_of_client(&client, &far, header, data[0] % 2 == 1, trusted, 2);
	TB_REQUIRE(memcmp(&client, &far, sizeof far) == 0);
	tb_address_of_client(&client, &near, header, data[0] % 2 == 1, trusted, 2);
	/* What stands further left than a stranger changes nothing. */
	if (!tb_address_is_in(&client, trusted, 2) && len + 12 < sizeof header && data[0] % 2 == 0) {
		char longer[sizeof header + 16] = "10.9.8.7, ";

		memcpy(longer + 10, header, len);
		tb_address_of_client(&again, &near, longer, false, trusted, 2);
		TB_REQUIRE(memcmp(&client, &again, sizeof client) == 0);
	}
	if (tb_address_range_parse(&trusted[0], header) == TB_OK)
		TB_REQUIRE(trusted[0].bits <= 128);
	(void)tb_accept_allows_gzip(header);
	return 0;
}
