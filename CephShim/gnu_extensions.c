#define _GNU_SOURCE
#include <malloc.h>
#include <pthread.h>
#include <string.h>

#include "CephShim.h"

const char *ceph_shim_errno_name(int number) { return strerrorname_np(number); }

void ceph_shim_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

void ceph_shim_trim_heap(void) { malloc_trim(0); }
