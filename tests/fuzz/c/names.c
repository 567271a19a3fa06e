/** storage_to_utf8(): any bytes become well-formed UTF-8 of the length that is told, with U+FFFD for what was none, and well-formed text stays as it is. */
#include "input.h"

#include "../../../hosts/storage/storage.h"

/** The code point at text[at], which moves on; -1 for what no encoder makes. By what a code point's encoding must be, not by ranges of bytes. */
static int32_t decode(const uint8_t *text, size_t length, size_t *at)
{
	static const int32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t first = text[(*at)++];
	int count = first < 0x80 ? 1 : (first & 0xE0) == 0xC0 ? 2 : (first & 0xF0) == 0xE0 ? 3 : (first & 0xF8) == 0xF0 ? 4 : 0;
	int32_t point = count == 1 ? first : count == 2 ? first & 0x1F : count == 3 ? first & 0x0F : first & 0x07;

	for (int i = 1; i < count; i++) {
		if (*at >= length || (text[*at] & 0xC0) != 0x80)
			return -1;
		point = point << 6 | (text[(*at)++] & 0x3F);
	}
	return !count || point < least[count] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF) ? -1 : point;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	size_t length = strnlen((const char *)bytes, size), written, at, wellFormed = 1;
	char *terminated = malloc(length + 1), *out, *again;

	memcpy(terminated, bytes, length);
	terminated[length] = 0;
	written = storage_to_utf8(terminated, NULL);
	out = malloc(written + 1);
	MUST(storage_to_utf8(terminated, out) == written && strlen(out) == written);
	for (at = 0; at < written;)
		MUST(decode((const uint8_t *)out, written, &at) > 0);
	for (at = 0; at < length && wellFormed;)
		wellFormed = decode((const uint8_t *)terminated, length, &at) > 0;
	MUST(!wellFormed || (written == length && same((uint8_t *)out, (uint8_t *)terminated, length)));
	MUST(wellFormed || strstr(out, "\xEF\xBF\xBD"));
	again = malloc(written + 1);
	MUST(storage_to_utf8(out, again) == written && !strcmp(out, again));
	free(terminated);
	free(out);
	free(again);
	return 0;
}
