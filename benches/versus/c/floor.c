/* What running a command under a lock costs at least: the system calls of fasten, in
 * their order, and nothing else. `floor LOCK COMMAND...`, `floor -F LOCK COMMAND...` to
 * become the command, `floor -n LOCK` to be refused. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **words)
{
    char how = words[1][0] == '-' ? words[1][1] : 0;
    char **rest = words + (how ? 2 : 1);
    struct stat opened, named;
    sigset_t kept, before;
    siginfo_t arrived;
    int status;

    int lock = open(rest[0], O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    fstat(lock, &opened);
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (how == 'n')
            return 75;
        flock(lock, LOCK_EX);
    }
    open("/dev/shm/fasten.0.0", O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (stat(rest[0], &named) != 0 || named.st_ino != opened.st_ino)
        return 71;
    fcntl(lock, F_DUPFD, 10);
    if (how == 'F') {
        execvp(rest[1], rest + 1);
        return 127;
    }

    sigemptyset(&kept);
    sigaddset(&kept, SIGCHLD);
    sigprocmask(SIG_BLOCK, &kept, &before);
    signal(SIGCHLD, SIG_DFL);
    pid_t child = vfork();
    if (child == 0) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        execvp(rest[1], rest + 1);
        _exit(127);
    }
    sigwaitinfo(&kept, &arrived);
    waitpid(child, &status, WNOHANG);
    flock(lock, LOCK_UN);
    close(lock);
    return WEXITSTATUS(status);
}
