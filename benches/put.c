/*
 * Uploads one file with libsmb2, as a peer for the benches:
 *   put SERVER[:PORT] SHARE NAME FILE USER PASSWORD DIALECT PROTECTION CHUNK WINDOW
 * DIALECT 0x0202 … 0x0311; PROTECTION sign, seal or none; so many WRITEs of CHUNK bytes are under way at most.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <smb2/smb2.h>
#include <smb2/libsmb2.h>

static struct smb2_context *smb2;
static struct smb2fh *target;
static int source;
static uint32_t chunk;
static uint64_t offset;
static int underWay, ended;

struct part { uint32_t length; uint8_t *bytes; };

static void give_up(const char *doing)
{
	fprintf(stderr, "%s: %s\n", doing, smb2_get_error(smb2));
	exit(1);
}

static void write_next(struct part *part);

static void written(struct smb2_context *context, int status, void *data, void *private)
{
	struct part *part = private;
	underWay--;
	if (status != (int)part->length)
		give_up("WRITE");
	write_next(part);
}

static void write_next(struct part *part)
{
	ssize_t count = ended ? 0 : pread(source, part->bytes, chunk, (off_t)offset);
	if (count < 0) {
		perror("read");
		exit(1);
	}
	if (count == 0) {
		ended = 1;
		return;
	}
	part->length = (uint32_t)count;
	if (smb2_pwrite_async(smb2, target, part->bytes, part->length, offset, written, part) < 0)
		give_up("WRITE");
	offset += part->length;
	underWay++;
}

int main(int count, char **words)
{
	if (count != 11)
		return 2;
	const char *protection = words[8];
	int window = atoi(words[10]);
	chunk = (uint32_t)atoi(words[9]);
	smb2 = smb2_init_context();
	smb2_set_version(smb2, (enum smb2_negotiate_version)strtoul(words[7], NULL, 16));
	smb2_set_security_mode(smb2, SMB2_NEGOTIATE_SIGNING_ENABLED);
	if (!strcmp(protection, "sign"))
		smb2_set_sign(smb2, 1);
	if (!strcmp(protection, "seal"))
		smb2_set_seal(smb2, 1);
	smb2_set_user(smb2, words[5]);
	smb2_set_password(smb2, words[6]);
	if (smb2_connect_share(smb2, words[1], words[2], words[5]) < 0)
		give_up("connect");
	target = smb2_open(smb2, words[3], O_WRONLY | O_CREAT | O_TRUNC);
	if (!target)
		give_up("CREATE");
	source = open(words[4], O_RDONLY);
	if (source < 0) {
		perror(words[4]);
		return 1;
	}
	for (int i = 0; i < window; i++) {
		struct part *part = calloc(1, sizeof *part);
		part->bytes = malloc(chunk);
		write_next(part);
	}
	while (underWay > 0) {
		struct pollfd wait = { .fd = smb2_get_fd(smb2), .events = (short)smb2_which_events(smb2) };
		if (poll(&wait, 1, 10000) <= 0 || smb2_service(smb2, wait.revents) < 0)
			give_up("poll");
	}
	if (smb2_close(smb2, target) < 0)
		give_up("CLOSE");
	smb2_disconnect_share(smb2);
	smb2_destroy_context(smb2);
	return 0;
}
