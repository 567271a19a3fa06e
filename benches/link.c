/*
 * A slow link between two network namespaces, in user space: two tun devices, and between them for each direction a bounded
 * queue, a line of so many bits a second, a delay, and loss by chance.
 *
 *   link MBIT DELAY_MS QUEUE_KB LOSS SEED COMMAND …
 *
 * TCP is Reno on both sides. Runs COMMAND on the far side, 10.77.0.2, with LINK_NEAR=/proc/<pid>/ns/net in its environment: what `nsenter --net=$LINK_NEAR` runs is on
 * the near side, 10.77.0.1. Ends with the command's exit code; the namespaces go with the processes. Bytes are those of IP packets, of 1500 at most.
 * On SIGUSR1 it writes "FIRST LAST BYTES DROPPED" to standard error: when the near side's first packet since the last such line came and when its last
 * one did, in seconds; the bytes that it sent, and packets dropped in both directions. Needs root.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MTU = 1500, PACKETS = 4096 };

typedef struct {
	int64_t due;                    /* when it comes out at the other end */
	int64_t leaves;                 /* when its last bit is on the line */
	int length;
	uint8_t bytes[MTU];
} packet;

typedef struct {
	int from, to;
	packet *ring;
	unsigned first, count, onLine;  /* the first onLine of them have left the queue for the line */
	int64_t free;                   /* when the line is free again */
	long queued, dropped, bytes;    /* queued: bytes in the queue, those on the line aside */
	int64_t heardFirst, heardLast;
} direction;

static double rate;                 /* bytes in a nanosecond */
static int64_t delay;
static long queue;
static double loss;
static uint64_t state;
static volatile sig_atomic_t asked, ended;

static void give_up(const char *doing)
{
	fprintf(stderr, "link: %s: %s\n", doing, strerror(errno));
	exit(1);
}

static int64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* xorshift64*, from 0 to below 1: the same losses for the same seed. */
static double chance(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (double)((state * 0x2545F4914F6CDD1DULL) >> 11) / 9007199254740992.0;
}

static void up(int control, const char *name)
{
	struct ifreq request = { 0 };
	strcpy(request.ifr_name, name);
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(control, SIOCSIFFLAGS, &request) < 0)
		give_up("SIOCSIFFLAGS");
}

static void set_address(int control, unsigned long what, const char *text)
{
	struct ifreq request = { 0 };
	struct sockaddr_in *address = (struct sockaddr_in *)&request.ifr_addr;
	strcpy(request.ifr_name, "link0");
	address->sin_family = AF_INET;
	inet_pton(AF_INET, text, &address->sin_addr);
	if (ioctl(control, what, &request) < 0)
		give_up("address");
}

/* Reno, which is what lwIP does, and every Linux has: else the kernel's default would decide what a lossy link gives. */
static void use_reno(void)
{
	static const char name[] = "reno";
	int setting = open("/proc/sys/net/ipv4/tcp_congestion_control", O_WRONLY | O_CLOEXEC);
	if (setting < 0 || write(setting, name, sizeof name - 1) < 0)
		give_up("/proc/sys/net/ipv4/tcp_congestion_control");
	close(setting);
}

/* Moves this process into a new namespace and makes its end of the link: a tun device's descriptor. */
static int make_end(const char *address)
{
	if (unshare(CLONE_NEWNET) < 0)
		give_up("a network namespace (is this root?)");
	use_reno();
	int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC), control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { 0 };
	strcpy(request.ifr_name, "link0");
	request.ifr_flags = IFF_TUN | IFF_NO_PI;
	if (tun < 0 || ioctl(tun, TUNSETIFF, &request) < 0)
		give_up("/dev/net/tun");
	set_address(control, SIOCSIFADDR, address);
	set_address(control, SIOCSIFNETMASK, "255.255.255.0");
	request.ifr_mtu = MTU;
	if (ioctl(control, SIOCSIFMTU, &request) < 0)
		give_up("SIOCSIFMTU");
	/* The queue is ours: none in front of it but what the device needs. */
	request.ifr_qlen = 1000;
	if (ioctl(control, SIOCSIFTXQLEN, &request) < 0)
		give_up("SIOCSIFTXQLEN");
	up(control, "link0");
	up(control, "lo");
	close(control);
	return tun;
}

static packet *at(direction *way, unsigned index) { return &way->ring[(way->first + index) % PACKETS]; }

/* Takes what has come in. */
static void take(direction *way)
{
	for (;;) {
		uint8_t bytes[MTU];
		ssize_t length = read(way->from, bytes, sizeof bytes);
		if (length <= 0)
			return;
		int64_t time = now();
		if (bytes[0] >> 4 != 4)
			continue; /* IPv6's neighbour discovery */
		if (!way->heardFirst)
			way->heardFirst = time;
		way->heardLast = time;
		way->bytes += length;
		if (way->count == PACKETS || way->queued + length > queue || (loss > 0 && chance() < loss)) {
			way->dropped++;
			continue;
		}
		packet *it = at(way, way->count++);
		int64_t starts = way->free > time ? way->free : time;
		memcpy(it->bytes, bytes, (size_t)length);
		it->length = (int)length;
		it->leaves = way->free = starts + (int64_t)((double)length / rate);
		it->due = it->leaves + delay;
		way->queued += length;
	}
}

/* Hands on what has arrived; returns when there is more to do, or a time far off. */
static int64_t hand_on(direction *way, int64_t time)
{
	while (way->onLine < way->count && at(way, way->onLine)->leaves <= time)
		way->queued -= at(way, way->onLine++)->length;
	while (way->count > 0 && at(way, 0)->due <= time) {
		packet *it = at(way, 0);
		if (write(way->to, it->bytes, (size_t)it->length) < 0 && errno != EAGAIN && errno != EIO)
			give_up("write");
		way->first = (way->first + 1) % PACKETS;
		way->count--;
		way->onLine--;
	}
	return way->count > 0 ? at(way, 0)->due : INT64_MAX;
}

static void on_signal(int signal)
{
	if (signal == SIGUSR1)
		asked = 1;
	else if (signal == SIGCHLD)
		ended = 1;
	else
		_exit(128 + signal); /* the command gets its own: PR_SET_PDEATHSIG */
}

static void tell(direction *out, direction *back)
{
	fprintf(stderr, "%.6f %.6f %ld %ld\n", 1e-9 * (double)out->heardFirst, 1e-9 * (double)out->heardLast, out->bytes, out->dropped + back->dropped);
	out->heardFirst = out->heardLast = 0;
	out->bytes = out->dropped = back->bytes = back->dropped = 0;
}

int main(int count, char **words)
{
	if (count < 7) {
		fprintf(stderr, "link MBIT DELAY_MS QUEUE_KB LOSS SEED COMMAND …\n");
		return 2;
	}
	rate = atof(words[1]) * 1e6 / 8 / 1e9;
	delay = (int64_t)(atof(words[2]) * 1e6);
	queue = atol(words[3]) * 1024;
	loss = atof(words[4]);
	state = strtoull(words[5], NULL, 10) * 2 + 1;
	direction out = { .ring = calloc(PACKETS, sizeof(packet)) }, back = { .ring = calloc(PACKETS, sizeof(packet)) };
	int far = make_end("10.77.0.2");
	int farNamespace = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int near = make_end("10.77.0.1");
	out.from = back.to = near;
	out.to = back.from = far;
	struct sigaction action = { .sa_handler = on_signal };
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGCHLD, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* Blocked but in ppoll(): a signal between a look at the flags and the wait is not lost. */
	sigset_t signals, before;
	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, &before);
	char place[64], own[16];
	snprintf(place, sizeof place, "/proc/%d/ns/net", (int)getpid());
	snprintf(own, sizeof own, "%d", (int)getpid());
	setenv("LINK_NEAR", place, 1);
	setenv("LINK_PID", own, 1);
	pid_t child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		sigprocmask(SIG_SETMASK, &before, NULL);
		if (setns(farNamespace, CLONE_NEWNET) < 0)
			give_up("setns");
		execvp(words[6], words + 6);
		give_up(words[6]);
	}
	/* Packets are not to wait for a processor; where that is not allowed, they may. */
	struct sched_param priority = { .sched_priority = 1 };
	sched_setscheduler(0, SCHED_FIFO, &priority);
	int status = 0;
	while (!ended || waitpid(child, &status, WNOHANG) == 0) {
		struct pollfd ends[2] = { { .fd = near, .events = POLLIN }, { .fd = far, .events = POLLIN } };
		int64_t time = now(), next = hand_on(&out, time), nextBack = hand_on(&back, time);
		if (nextBack < next)
			next = nextBack;
		int64_t wait = next - time;
		struct timespec limit = { .tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000 };
		ppoll(ends, 2, next == INT64_MAX ? NULL : &limit, &before);
		take(&out);
		take(&back);
		if (asked) {
			asked = 0;
			tell(&out, &back);
		}
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
