// What happens at a call; see FaultShim.h.
#include "faults.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    pthread_mutex_t lock;
    bool is_read;
    int signal;
    bool is_after;
    unsigned long number;
    char function[64];
    int log;
    unsigned long calls;
    unsigned long calls_of_function;
} faults = {.lock = PTHREAD_MUTEX_INITIALIZER, .log = -1};

static void refuse(const char *text) {
    fprintf(stderr, "HOLDFAST_FAULT is \"%s\": write ACTION MOMENT NUMBER [FUNCTION], as in \"kill before 7\"\n", text);
    _exit(64);
}

static void read_settings(void) {
    faults.is_read = true;
    const char *path = getenv("HOLDFAST_FAULT_LOG");
    if (path != NULL) faults.log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const char *text = getenv("HOLDFAST_FAULT");
    if (text == NULL) return;
    char action[8], moment[8];
    int words = sscanf(text, "%7s %7s %lu %63s", action, moment, &faults.number, faults.function);
    if (words < 3 || faults.number == 0) refuse(text);
    if (strcmp(action, "kill") == 0) faults.signal = SIGKILL;
    else if (strcmp(action, "stop") == 0) faults.signal = SIGSTOP;
    else refuse(text);
    if (strcmp(moment, "after") == 0) faults.is_after = true;
    else if (strcmp(moment, "before") != 0) refuse(text);
}

static void note(const char *function) {
    char line[96];
    int length = snprintf(line, sizeof line, "%lu %s\n", faults.calls, function);
    // The log helps whoever reads a failure; a full disk must not change what is tested.
    if (faults.log >= 0 && length > 0 && write(faults.log, line, (size_t)length) < 0) faults.log = -1;
}

bool fault_before(const char *function) {
    pthread_mutex_lock(&faults.lock);
    if (!faults.is_read) read_settings();
    faults.calls += 1;
    bool is_counted = faults.function[0] == 0 || strcmp(faults.function, function) == 0;
    if (is_counted) faults.calls_of_function += 1;
    note(function);
    bool is_it = is_counted && faults.signal != 0 && faults.calls_of_function == faults.number;
    pthread_mutex_unlock(&faults.lock);
    if (is_it && !faults.is_after) kill(getpid(), faults.signal);
    return is_it && faults.is_after;
}

void fault_after(bool is_it) {
    if (is_it) kill(getpid(), faults.signal);
}
