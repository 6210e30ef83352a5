/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure RUNS COMMAND...: runs it so many times, after once to warm up, and
 * prints "WALL-MS BEST-MS CPU-MS PEAK-KIB SUM-KIB": medians of wall time and of
 * CPU time, the shortest wall time between them; the largest peak of any
 * process, and of the sum of all their peaks. Pages that processes share count
 * in the sum once for each, so it is an upper bound.
 *
 * Wall time is that of the command; CPU time and memory are of all processes it
 * started, also of those that outlive it: they are waited for as orphans. This
 * program is small, and a child begins as small as it is. A command that fails
 * ends it; what it printed is on the standard error stream then.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_MAX = 1000 };

struct sample { double wall, cpu; long peak, sum; };

static double
ms(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
start(char **argv, int out)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(null, 0);
	dup2(null, 1);
	dup2(out, 2);
	execvp(argv[0], argv);
	_exit(127);
}

static void
failed(char **argv, FILE *said)
{
	int c;

	fprintf(stderr, "measure: %s failed\n", argv[0]);
	rewind(said);
	while ((c = getc(said)) != EOF)
		putc(c, stderr);
	exit(1);
}

static struct sample
run(char **argv)
{
	struct sample s = {0};
	FILE *said = tmpfile();
	struct rusage u;
	double begin = now();
	int status, bad = 0;
	pid_t pid, ended;

	pid = vfork();
	if (pid == 0)
		start(argv, said ? fileno(said) : 2);
	while ((ended = wait4(-1, &status, 0, &u)) > 0) {
		if (ended == pid) {
			s.wall = now() - begin;
			bad = status;
		}
		s.cpu += ms(u.ru_utime) + ms(u.ru_stime);
		s.sum += u.ru_maxrss;
		if (u.ru_maxrss > s.peak)
			s.peak = u.ru_maxrss;
	}
	if (pid < 0 || bad)
		failed(argv, said);
	if (said)
		fclose(said);
	return s;
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
	long peak = 0, sum = 0;

	if (runs < 1 || runs > RUNS_MAX) {
		fprintf(stderr, "usage: measure RUNS COMMAND...\n");
		return 2;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	run(argv + 2);
	for (int i = 0; i < runs; i++) {
		struct sample s = run(argv + 2);

		wall[i] = s.wall;
		cpu[i] = s.cpu;
		peak = s.peak > peak ? s.peak : peak;
		sum = s.sum > sum ? s.sum : sum;
	}
	qsort(wall, (size_t)runs, sizeof(*wall), by_value);
	qsort(cpu, (size_t)runs, sizeof(*cpu), by_value);
	printf("%.1f %.1f %.1f %ld %ld\n", wall[runs / 2], wall[0], cpu[runs / 2], peak, sum);
	return 0;
}
