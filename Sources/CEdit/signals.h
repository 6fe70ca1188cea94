// Signal handlers that use only atomics, pipes and terminal modes: everything here is async-signal-safe.
//
// The state is in memory that the caller owns. The one static pointer to it is read by handlers of the translation unit that set
// it, so it does not matter that each importing Swift file gets its own copy. It is local to a function because Swift does not
// emit definitions of a header's global variables.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { CEDIT_INTERRUPT = 1, CEDIT_RESIZE = 2, CEDIT_CONTINUE = 4, CEDIT_SUSPEND = 8, CEDIT_POST = 16 };

struct cedit_signals {
    int pending;        // atomic: CEDIT_ bits not yet handled
    int running;        // atomic: number of the body that Ctrl-C interrupts; 0 for none
    int editing;        // atomic: 1 while the terminal is in the editor's modes
    int wake[2];        // one byte per signal: ends the editor's poll
    int watch[2];       // for each Ctrl-C the number of the running body, read by the watcher thread
    int terminal;       // the terminal whose modes are restored
    int pasting;        // 1 while bracketed paste is on
    struct termios modes;
};

static inline struct cedit_signals **cedit_current(void) {
    static struct cedit_signals *current;
    return &current;
}

static inline void cedit_post(struct cedit_signals *state, int bits) {
    int saved = errno;
    __atomic_fetch_or(&state->pending, bits, __ATOMIC_SEQ_CST);
    // A full pipe already contains a byte that wakes the reader.
    ssize_t written = write(state->wake[1], "!", 1);
    (void)written;
    errno = saved;
}

// Returns the bits set since the last call; empties the pipe first, so that none is lost in between.
static inline int cedit_take(struct cedit_signals *state) {
    char bytes[64];
    while (read(state->wake[0], bytes, sizeof bytes) > 0) {}
    return __atomic_exchange_n(&state->pending, 0, __ATOMIC_SEQ_CST);
}

// Returns 1 when there was an unhandled Ctrl-C, and clears it.
static inline int cedit_take_interrupt(struct cedit_signals *state) {
    return __atomic_fetch_and(&state->pending, ~CEDIT_INTERRUPT, __ATOMIC_SEQ_CST) & CEDIT_INTERRUPT;
}

static inline void cedit_set_running(struct cedit_signals *state, int number) {
    __atomic_store_n(&state->running, number, __ATOMIC_SEQ_CST);
}

// Restores the terminal modes from before editing; otherwise does nothing.
static inline void cedit_restore_terminal(void) {
    struct cedit_signals *state = *cedit_current();
    if (state == 0 || __atomic_exchange_n(&state->editing, 0, __ATOMIC_SEQ_CST) == 0) return;
    if (state->pasting) {
        ssize_t written = write(state->terminal, "\033[?2004l", 8);
        (void)written;
    }
    ssize_t written = write(state->terminal, "\r\n", 2);
    (void)written;
    tcsetattr(state->terminal, TCSANOW, &state->modes);
}

// Tells the watcher thread to interrupt the body with this number.
static inline void cedit_interrupt(struct cedit_signals *state, int number) {
    int saved = errno;
    ssize_t written = write(state->watch[1], &number, sizeof number);
    (void)written;
    errno = saved;
}

static inline void cedit_on_note(int number) {
    struct cedit_signals *state = *cedit_current();
    if (state == 0) return;
    int running = __atomic_load_n(&state->running, __ATOMIC_SEQ_CST);
    if (number == SIGINT && running != 0) {
        cedit_interrupt(state, running);
        return;
    }
    cedit_post(
        state, number == SIGINT ? CEDIT_INTERRUPT
            : number == SIGWINCH ? CEDIT_RESIZE
            : number == SIGCONT ? CEDIT_CONTINUE
            : CEDIT_SUSPEND);
}

// A fatal signal: SA_RESETHAND has restored the default action, so raising it again ends the process.
static inline void cedit_on_end(int number) {
    cedit_restore_terminal();
    raise(number);
}

static inline int cedit_install(int number, void (*handler)(int), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, 0);
}

// Makes `state` the target of signals; from then on, Ctrl-C does not kill the process.
static inline void cedit_catch_interrupts(struct cedit_signals *state) {
    *cedit_current() = state;
    cedit_install(SIGINT, cedit_on_note, SA_RESTART);
}

// Restores the terminal before a signal or exit() ends the process, unless another handler is installed.
static inline void cedit_catch_ends(void) {
    static const int numbers[] = {SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE};
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sigaction before;
        if (sigaction(numbers[i], 0, &before) == 0 && before.sa_handler == SIG_DFL)
            cedit_install(numbers[i], cedit_on_end, (int)(SA_RESETHAND | SA_NODEFER));
    }
    atexit(cedit_restore_terminal);
}

// Starts editing: saves the terminal modes, records resizes and suspends.
static inline void cedit_begin_editing(struct cedit_signals *state, int terminal, int pasting) {
    *cedit_current() = state;
    state->terminal = terminal;
    state->pasting = pasting;
    if (tcgetattr(terminal, &state->modes) == 0) __atomic_store_n(&state->editing, 1, __ATOMIC_SEQ_CST);
    cedit_install(SIGWINCH, cedit_on_note, SA_RESTART);
    cedit_install(SIGCONT, cedit_on_note, SA_RESTART);
    cedit_install(SIGTSTP, cedit_on_note, SA_RESTART);
}

static inline void cedit_end_editing(struct cedit_signals *state) {
    cedit_install(SIGWINCH, SIG_DFL, 0);
    cedit_install(SIGCONT, SIG_DFL, 0);
    cedit_install(SIGTSTP, SIG_DFL, 0);
    __atomic_store_n(&state->editing, 0, __ATOMIC_SEQ_CST);
}

// Suspends the process as Ctrl-Z does without an editor; returns when it is continued.
static inline void cedit_stop(struct cedit_signals *state) {
    __atomic_store_n(&state->editing, 0, __ATOMIC_SEQ_CST);
    cedit_install(SIGTSTP, SIG_DFL, 0);
    raise(SIGTSTP);
    cedit_install(SIGTSTP, cedit_on_note, SA_RESTART);
    __atomic_store_n(&state->editing, 1, __ATOMIC_SEQ_CST);
}

// Opens both pipes: close-on-exec, never blocking a handler; returns -1 with errno when there are no descriptors.
static inline int cedit_open_pipes(struct cedit_signals *state) {
    memset(state, 0, sizeof *state);
    if (pipe(state->wake) != 0) return -1;
    if (pipe(state->watch) != 0) {
        int saved = errno;
        close(state->wake[0]);
        close(state->wake[1]);
        errno = saved;
        return -1;
    }
    int ends[] = {state->wake[0], state->wake[1], state->watch[0], state->watch[1]};
    for (int i = 0; i < 4; i++) fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    fcntl(state->wake[0], F_SETFL, O_NONBLOCK);
    fcntl(state->wake[1], F_SETFL, O_NONBLOCK);
    fcntl(state->watch[1], F_SETFL, O_NONBLOCK);
    return 0;
}
