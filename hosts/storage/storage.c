/* See storage.h: what is the same on every system. Its calls are in system/. */
#include "storage.h"

#include <errno.h>
#include <string.h>

int storage_replace_by_copy(const char *from, const char *to)
{
	char bytes[512];
	uint64_t at = 0;
	size_t count, put;
	storage_file in, out;
	int error = storage_open(&in, from, "r");
	if (error)
		return error;
	/* Written over and cut afterwards, not emptied first: where it has its clusters already, a full medium is no obstacle. */
	error = storage_open(&out, to, "r+");
	if (ENOENT == error)
		error = storage_open(&out, to, "w+");
	if (!error) {
		do {
			error = storage_read(in, bytes, sizeof(bytes), at, &count);
			if (!error && count)
				error = storage_write(out, bytes, count, at, &put);
			at += count;
		} while (!error && (sizeof(bytes) == count));
		if (!error)
			error = storage_set_size(out, at);
		if (!error)
			error = storage_flush(out);
		storage_close(out);
	}
	storage_close(in);
	return error ? error : storage_remove(from);
}

const char *storage_error_name(int error)
{
	static const struct { int error; char name[14]; } names[] = {
		{ EACCES, "EACCES" }, { EBADF, "EBADF" }, { EBUSY, "EBUSY" }, { EEXIST, "EEXIST" }, { EFBIG, "EFBIG" },
		{ EINVAL, "EINVAL" }, { EIO, "EIO" }, { EISDIR, "EISDIR" }, { ELOOP, "ELOOP" }, { EMFILE, "EMFILE" },
		{ ENAMETOOLONG, "ENAMETOOLONG" }, { ENFILE, "ENFILE" }, { ENODEV, "ENODEV" }, { ENOENT, "ENOENT" },
		{ ENOMEM, "ENOMEM" }, { ENOSPC, "ENOSPC" }, { ENOSYS, "ENOSYS" }, { ENOTDIR, "ENOTDIR" },
		{ ENOTEMPTY, "ENOTEMPTY" }, { ENXIO, "ENXIO" }, { EOVERFLOW, "EOVERFLOW" }, { EPERM, "EPERM" },
		{ EROFS, "EROFS" }, { ETIMEDOUT, "ETIMEDOUT" }, { ETXTBSY, "ETXTBSY" }, { EXDEV, "EXDEV" },
	};
	size_t i;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (error == names[i].error)
			return names[i].name;
	}
	return NULL;
}

const char *storage_error_text(int error)
{
	const char *text = strerror(error);
	return text && *text ? text : "unknown error";
}

/* Bytes of the well-formed sequence at text; or minus those of the ill-formed one that one U+FFFD stands for. */
static int sequence(const unsigned char *text)
{
	unsigned char first = text[0], low = 0x80, high = 0xBF;
	int length, i;
	if (first < 0x80)
		return 1;
	if ((first < 0xC2) || (first > 0xF4))
		return -1;
	length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
	if (0xE0 == first) low = 0xA0; /* overlong */
	if (0xED == first) high = 0x9F; /* surrogate */
	if (0xF0 == first) low = 0x90; /* overlong */
	if (0xF4 == first) high = 0x8F; /* past U+10FFFF */
	for (i = 1; i < length; i++) {
		if ((text[i] < low) || (text[i] > high)) /* the ending 0 as well */
			return -i;
		low = 0x80;
		high = 0xBF;
	}
	return length;
}

size_t storage_to_utf8(const char *text, char *out)
{
	const unsigned char *from = (const unsigned char *)text;
	size_t at = 0;
	while (*from) {
		int length = sequence(from);
		if (length > 0) {
			if (out)
				memcpy(out + at, from, (size_t)length);
			at += (size_t)length;
			from += length;
		}
		else {
			if (out)
				memcpy(out + at, "\xEF\xBF\xBD", 3);
			at += 3;
			from -= length;
		}
	}
	if (out)
		out[at] = 0;
	return at;
}

/* Four bits at a time: 64 bytes of table, which stay in flash. */
uint32_t storage_crc32(uint32_t seed, const void *bytes, size_t length)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
		0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
	};
	const uint8_t *at = bytes;
	uint32_t crc = ~seed;
	while (length--) {
		crc ^= *at++;
		crc = (crc >> 4) ^ table[crc & 15];
		crc = (crc >> 4) ^ table[crc & 15];
	}
	return ~crc;
}
