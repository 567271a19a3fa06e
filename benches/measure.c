/*
 * Runs a command and appends one line on what it took: seconds by the clock, of processor in user and in kernel mode, KiB of memory at most.
 *   measure FILE COMMAND …
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double seconds(struct timeval time) { return (double)time.tv_sec + 1e-6 * (double)time.tv_usec; }

int main(int count, char **words)
{
	if (count < 3)
		return 2;
	double start = now();
	pid_t child = fork();
	if (child == 0) {
		execvp(words[2], words + 2);
		perror(words[2]);
		_exit(127);
	}
	int status;
	struct rusage used;
	if (child < 0 || wait4(child, &status, 0, &used) < 0)
		return 126;
	double took = now() - start;
	FILE *file = fopen(words[1], "a");
	if (!file)
		return 126;
	fprintf(file, "%.6f %.6f %.6f %ld\n", took, seconds(used.ru_utime), seconds(used.ru_stime), used.ru_maxrss);
	fclose(file);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
