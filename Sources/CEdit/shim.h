// Fixed-arity wrappers for functions of histedit.h that Swift cannot import (variadic functions), and nothing else.
#pragma once
#include <errno.h>
#include <histedit.h>
#include <stdio.h>
#include <sys/types.h>
#include <wchar.h>

typedef char *(*cedit_prompt_fn)(EditLine *);
typedef unsigned char (*cedit_key_fn)(EditLine *, int);
typedef int (*cedit_read_fn)(EditLine *, wchar_t *);

// el_set is variadic.
static inline int cedit_set_prompt(EditLine *line, cedit_prompt_fn prompt, char escape) {
    return el_set(line, EL_PROMPT_ESC, prompt, (int)escape);
}
static inline int cedit_set_editor(EditLine *line, const char *name) { return el_set(line, EL_EDITOR, name); }
static inline int cedit_set_signals(EditLine *line, int on) { return el_set(line, EL_SIGNAL, on); }
static inline int cedit_set_history(EditLine *line, History *past) { return el_set(line, EL_HIST, history, past); }
static inline int cedit_set_reader(EditLine *line, cedit_read_fn read) { return el_set(line, EL_GETCFN, read); }
static inline int cedit_set_client(EditLine *line, void *client) { return el_set(line, EL_CLIENTDATA, client); }
// Sets a terminal mode for editing.
static inline int cedit_set_edit_mode(EditLine *line, const char *mode) {
    return el_set(line, EL_SETTY, "-d", mode, (char *)0);
}
static inline int cedit_prepare(EditLine *line, int raw) { return el_set(line, EL_PREP_TERM, raw); }
static inline int cedit_refresh(EditLine *line) { return el_set(line, EL_REFRESH); }
static inline int cedit_bind(EditLine *line, const char *key, const char *command) {
    return el_set(line, EL_BIND, key, command, (char *)0);
}
// Binds a key in vi's command mode; has no effect with emacs keys.
static inline int cedit_bind_command_mode(EditLine *line, const char *key, const char *command) {
    return el_set(line, EL_BIND, "-a", key, command, (char *)0);
}
static inline int cedit_add_function(EditLine *line, const char *name, const char *help, cedit_key_fn key) {
    return el_set(line, EL_ADDFN, name, help, key);
}

// el_get is variadic.
static inline void *cedit_client(EditLine *line) {
    void *client = 0;
    return el_get(line, EL_CLIENTDATA, &client) == 0 ? client : (void *)0;
}
// Returns 1 when .editrc selected vi keys.
static inline int cedit_has_vi_keys(EditLine *line) {
    const char *name = 0;
    return el_get(line, EL_EDITOR, &name) == 0 && name != 0 && name[0] == 'v';
}
// Returns 1 when the terminal has this string capability, such as "up".
static inline int cedit_has_capability(EditLine *line, const char *name) {
    char *text = 0;
    return el_get(line, EL_GETTC, name, &text) == 0 && text != 0 && *text != 0;
}

// history is variadic.
static inline int cedit_history_size(History *past, int size) {
    HistEvent event;
    return history(past, &event, H_SETSIZE, size);
}
static inline int cedit_history_unique(History *past, int on) {
    HistEvent event;
    return history(past, &event, H_SETUNIQUE, on);
}
static inline int cedit_history_clear(History *past) {
    HistEvent event;
    return history(past, &event, H_CLEAR);
}
static inline int cedit_history_enter(History *past, const char *text) {
    HistEvent event;
    return history(past, &event, H_ENTER, text);
}

// wcwidth is hidden without _XOPEN_SOURCE; libedit uses it for layout, so code that must agree with libedit uses it, too.
extern int wcwidth(wchar_t character);
static inline int cedit_width(wchar_t character) { return wcwidth(character); }

// A stream that writes through our functions. fopencookie is hidden without _GNU_SOURCE; this declares its type under another
// name.
typedef ssize_t cedit_write_fn(void *cookie, const char *bytes, size_t count);
typedef int cedit_close_fn(void *cookie);
struct cedit_cookie {
    void *read;
    cedit_write_fn *write;
    void *seek;
    cedit_close_fn *close;
};
extern FILE *cedit_fopencookie(void *cookie, const char *mode, struct cedit_cookie functions) __asm__("fopencookie");
static inline FILE *cedit_open_stream(void *cookie, cedit_write_fn *write, cedit_close_fn *close) {
    struct cedit_cookie functions = {0, write, 0, close};
    return cedit_fopencookie(cookie, "w", functions);
}

// libedit checks errno after a failed read.
static inline void cedit_set_errno(int code) { errno = code; }
