#ifndef HOLDFAST_FAULTS_H
#define HOLDFAST_FAULTS_H

#include <stdbool.h>

/// Counts a call that is about to be made, and ends or freezes the process if it is the one. Returns whether that is to
/// happen after the call instead.
bool fault_before(const char *function);

/// Does so after the call.
void fault_after(bool is_it);

#endif
