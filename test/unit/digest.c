/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <unistd.h>
#include "crypto/digest_file.h"
#include "tap.h"

/* FIPS 180-4: "abc" */
static const struct { enum hash hash; const char *text; } abc[] = {
	{HASH_SHA224, "sha224:23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
	{HASH_SHA256, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{HASH_SHA384, "sha384:cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
		      "8086072ba1e7cc2358baeca134c825a7"},
	{HASH_SHA512, "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
		      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
};

static void
in_pieces(void)
{
	AUTO(digest) struct digest d = {.ctx = NULL};
	unsigned char value[HASH_SIZE_MAX];
	char text[DIGEST_TEXT_MAX];
	struct err e = ERR_INIT;

	digest_init(&d, HASH_SHA256);
	succeeds(d.sink.feed(&d.sink, SPAN("a"), &e), &e, "fed");
	digest_update(&d, SPAN_NONE);
	digest_update(&d, SPAN("bc"));
	is_int((int64_t)d.size, 3, "bytes seen");
	digest_final(&d, value);
	is_str(digest_text(HASH_SHA256, value, text), abc[1].text, "in pieces");
}

/* A pipe gives little at a time; both hashes see all of it. */
static void
of_file(void)
{
	AUTO(buf) struct buf copy = BUF_INIT(4096);
	struct sink_buf also;
	struct digest_file d;
	struct err e = ERR_INIT;
	char text[DIGEST_TEXT_MAX];
	int ends[2];

	ok(pipe(ends) == 0 && write(ends[1], "abc", 3) == 3 && close(ends[1]) == 0, "a pipe");
	sink_buf_init(&also, &copy, "the copy");
	succeeds(digest_file_fd(&d, ends[0], "pipe", 1U << HASH_SHA256 | 1U << HASH_SHA512, &also.sink, &e), &e,
	    "hashed");
	close(ends[0]);
	is_str(digest_text(HASH_SHA256, d.value[HASH_SHA256], text), abc[1].text, "SHA-256");
	is_str(digest_text(HASH_SHA512, d.value[HASH_SHA512], text), abc[3].text, "and SHA-512");
	is_int((int64_t)d.size, 3, "its size");
	is_str(buf_str(&copy), "abc", "and the bytes");
	succeeds(digest_file_path(&d, "/dev/null", 1U << HASH_SHA256, NULL, &e), &e, "an empty file");
	is_int((int64_t)d.size, 0, "is empty");
	fails_with(digest_file_path(&d, "/dev/null/x", 1U << HASH_SHA256, NULL, &e), &e, REASON_IO, "no file");
	fails_with(digest_file_path(&d, "/nowhere/x", 1U << HASH_SHA256, NULL, &e), &e, REASON_NOT_FOUND, "missing");
	fails_with(digest_file_path(&d, "/", 1U << HASH_SHA256, NULL, &e), &e, REASON_IO, "a directory");
	copy.max = 4;
	fails_with(digest_file_path(&d, "/dev/zero", 1U << HASH_SHA256, &also.sink, &e), &e, REASON_TOO_LARGE,
	    "who is fed may stop it");
}

int
main(void)
{
	unsigned char value[HASH_SIZE_MAX];
	char text[DIGEST_TEXT_MAX];

	for (size_t i = 0; i < countof(abc); i++) {
		digest_of(abc[i].hash, SPAN("abc"), value);
		is_str(digest_text(abc[i].hash, value, text), abc[i].text, "%s", hash_name(abc[i].hash));
		is_int((int64_t)hash_size(abc[i].hash) * 2 + 7, (int64_t)strlen(abc[i].text), "its size");
	}
	is_str(digest_text_of(SPAN_NONE, text),
	    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "nothing");
	is_int(hash_find(SPAN("SHA384")), HASH_SHA384, "any case");
	is_int(hash_find(SPAN("sha1")), HASH_NONE, "no SHA-1");
	is_int(hash_find(SPAN("none")), HASH_NONE, "none");
	in_pieces();
	of_file();
	return tap_done();
}
