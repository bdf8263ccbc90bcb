/* Nanoseconds to take a lock and give it back: `library open LOCK TIMES` with the file
 * opened for each, `library held LOCK TIMES` with the file opened once. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

int main(int count, char **words)
{
    int each = strcmp(words[1], "open") == 0, times = atoi(words[3]);
    int lock = open(words[2], O_RDONLY | O_CLOEXEC);
    double start = now();
    for (int i = 0; i < times; i++) {
        int file = each ? open(words[2], O_RDONLY | O_CLOEXEC) : lock;
        flock(file, LOCK_EX | LOCK_NB);
        flock(file, LOCK_UN);
        if (each)
            close(file);
    }
    printf("%f\n", (now() - start) / times);
    return 0;
}
