// SPDX-License-Identifier: Apache-2.0
/** Set by tools/build-client.mjs: name of a worker -> its file. */
declare const __WORKERS__: { [name: string]: string };
/** Set by tools/build-client.mjs: the version of the client. */
declare const __VERSION__: string;
