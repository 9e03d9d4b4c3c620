#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What a voter waits for: encrypting and proving in Chromium.
exec node tests/bench/booth.mjs
