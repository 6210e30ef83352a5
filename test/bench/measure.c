/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure RUNS COMMAND...: runs it so many times, after once to warm up, and
 * prints "WALL-MS CPU-MS PEAK-KIB": medians of the first two, the largest of
 * the last. Its own size is small enough not to show in the peak. A command
 * that fails ends it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_MAX = 1000 };

struct sample { double wall, cpu; long peak; };

static double
ms(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static struct sample
run(char **argv)
{
	struct timespec a, b;
	struct rusage u;
	int status;
	pid_t pid;

	clock_gettime(CLOCK_MONOTONIC, &a);
	pid = vfork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &u) != pid || status != 0) {
		fprintf(stderr, "measure: %s failed\n", argv[0]);
		exit(1);
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	return (struct sample){
		(double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6,
		ms(u.ru_utime) + ms(u.ru_stime), u.ru_maxrss};
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	static double wall[RUNS_MAX], cpu[RUNS_MAX];
	int runs = argc > 2 ? (int)strtol(argv[1], NULL, 10) : 0;
	long peak = 0;

	if (runs < 1 || runs > RUNS_MAX) {
		fprintf(stderr, "usage: measure RUNS COMMAND...\n");
		return 2;
	}
	run(argv + 2);
	for (int i = 0; i < runs; i++) {
		struct sample s = run(argv + 2);

		wall[i] = s.wall;
		cpu[i] = s.cpu;
		if (s.peak > peak)
			peak = s.peak;
	}
	qsort(wall, (size_t)runs, sizeof(*wall), by_value);
	qsort(cpu, (size_t)runs, sizeof(*cpu), by_value);
	printf("%.1f %.1f %ld\n", wall[runs / 2], cpu[runs / 2], peak);
	return 0;
}
