/* Holds a lock until its input ends: `hold flock LOCK` or `hold fcntl LOCK`. It says one
 * byte when it has it. */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

int main(int count, char **words)
{
    char byte = '\n';
    int lock = open(words[2], O_RDWR | O_CREAT, 0666);
    struct flock whole = { .l_type = F_WRLCK };
    int taken = strcmp(words[1], "flock") == 0 ? flock(lock, LOCK_EX) : fcntl(lock, F_SETLKW, &whole);
    if (taken != 0 || write(1, &byte, 1) != 1)
        return 71;
    while (read(0, &byte, 1) == 1)
        ;
    return 0;
}
