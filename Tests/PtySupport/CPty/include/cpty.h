// A process on a pseudo-terminal. forkpty is not visible to Swift, and between fork and exec only C is safe.
#pragma once
#include <sys/types.h>

// Starts `path` on a new terminal of this size; the terminal's master descriptor, or -1 with errno.
int cpty_spawn(const char *path, char *const arguments[], char *const environment[], int rows, int columns, pid_t *process);
int cpty_resize(int master, int rows, int columns);
// 1 when the terminal has left line mode (ICANON), 0 when not, -1 with errno.
int cpty_is_raw(int master);
