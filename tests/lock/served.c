/*
 * A file system in user space that shows the files of a directory, and keeps flock(2) locks itself:
 * no table of the kernel has them under the names by which its users know the files.
 * served MOUNT -f, with STORE in the environment.
 */
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int store;

static const char *in_store(const char *path)
{
    return path[1] ? path + 1 : ".";
}

static int answer(int result)
{
    return result < 0 ? -errno : 0;
}

/* By this signal the thread is told that serves a request which is given up; it only has to wake. */
static void wake(int signal)
{
    (void)signal;
}

/* A request that waits is given up when the process that made it has a signal. */
static void *served_init(struct fuse_conn_info *connection, struct fuse_config *config)
{
    (void)connection;
    config->intr = 1;
    return NULL;
}

static int served_getattr(const char *path, struct stat *found, struct fuse_file_info *file)
{
    (void)file;
    return answer(fstatat(store, in_store(path), found, AT_SYMLINK_NOFOLLOW));
}

static int served_open(const char *path, struct fuse_file_info *file)
{
    int opened = openat(store, in_store(path), file->flags & O_ACCMODE);
    file->fh = opened;
    return answer(opened);
}

static int served_release(const char *path, struct fuse_file_info *file)
{
    (void)path;
    return answer(close(file->fh));
}

static int served_flock(const char *path, struct fuse_file_info *file, int how)
{
    (void)path;
    return answer(flock(file->fh, how));
}

static const struct fuse_operations operations = {
    .init = served_init,
    .getattr = served_getattr,
    .open = served_open,
    .release = served_release,
    .flock = served_flock,
};

int main(int count, char **words)
{
    struct sigaction waking = { .sa_handler = wake };

    sigaction(SIGUSR1, &waking, NULL);
    store = open(getenv("STORE"), O_DIRECTORY | O_CLOEXEC);
    return store < 0 ? 1 : fuse_main(count, words, &operations, NULL);
}
