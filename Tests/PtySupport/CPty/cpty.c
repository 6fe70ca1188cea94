#define _GNU_SOURCE
#include "cpty.h"
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int cpty_spawn(const char *path, char *const arguments[], char *const environment[], int rows, int columns, pid_t *process) {
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    int master = -1;
    pid_t child = forkpty(&master, 0, 0, &size);
    if (child < 0) return -1;
    if (child == 0) {
        // The test runner may ignore or block what the program should see.
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, 0);
        for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
        execve(path, arguments, environment);
        _exit(127);
    }
    fcntl(master, F_SETFD, FD_CLOEXEC);
    *process = child;
    return master;
}

int cpty_resize(int master, int rows, int columns) {
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    return ioctl(master, TIOCSWINSZ, &size);
}

int cpty_is_raw(int master) {
    struct termios modes;
    if (tcgetattr(master, &modes) != 0) return -1;
    return (modes.c_lflag & ICANON) == 0;
}
