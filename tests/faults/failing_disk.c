/* A disk that fails when it is told to: loaded before the C library (LD_PRELOAD), fsync and fdatasync answer EIO for as
 * long as the file named by XY_FAILING_DISK is there. Everything else is left as it is. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int asked(long call, int file)
{
    const char *sign = getenv("XY_FAILING_DISK");
    if (sign != NULL && access(sign, F_OK) == 0) {
        errno = EIO;
        return -1;
    }
    return (int) syscall(call, file);
}

int fsync(int file)
{
    return asked(SYS_fsync, file);
}

int fdatasync(int file)
{
    return asked(SYS_fdatasync, file);
}
