/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_ADDRESS_H
#define TB_SERVER_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/err.h"

/*
 * Where a request comes from.  Addresses serve the limits alone [SERVER.RATE]: nothing here is ever written to a log or to the disk.
 * IPv4 stands in its IPv6 form ::ffff:a.b.c.d, so that one address has one spelling.
 */
typedef struct tb_address {
	uint8_t ip[16];
} tb_address;

/* A block of addresses: the first `bits` of base. */
typedef struct tb_address_range {
	tb_address base;
	unsigned bits; /* 0 to 128 */
} tb_address_range;

/* "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80".  ENCODING; *out is then unchanged. */
TB_CHECKED tb_err tb_address_parse(tb_address *out, const char *text, size_t len);
/* "192.0.2.0/24", "2001:db8::/32", or one address.  ENCODING; *out is then unchanged. */
TB_CHECKED tb_err tb_address_range_parse(tb_address_range *out, const char *text);
/* Zero ("::") for what is no address of the internet. */
void tb_address_from_socket(tb_address *out, const void *sockaddr);
bool tb_address_is_in(const tb_address *a, const tb_address_range *range, size_t num);
bool tb_address_is_loopback(const tb_address *a);
/* What limits count by: the address itself, of IPv6 the first 64 bits, which one subscriber has for itself. */
void tb_address_limit_key(uint8_t out[16], const tb_address *a);

/*
 * Who asks, when proxies stand in between: `header` is the list that they wrote (of X-Forwarded-For, or with is_forwarded of
 * Forwarded, RFC 7239), the latest last.  Read from its end for as long as the one who says so is trusted: what a stranger
 * wrote into the header is never believed.
 */
void tb_address_of_client(tb_address *out, const tb_address *peer, const char *header, bool is_forwarded,
	const tb_address_range *trusted, size_t num_trusted);

#endif
