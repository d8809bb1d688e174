#ifndef CEPH_SHIM_H
#define CEPH_SHIM_H

#include <rados/librados.h>
#include <rbd/librbd.h>

// The header's version macros are function-like, which Swift does not import.
static inline int ceph_shim_rados_header_version(void) { return LIBRADOS_VERSION_CODE; }
static inline int ceph_shim_rbd_header_version(void) { return LIBRBD_VERSION_CODE; }

// Macros with casts, which Swift does not import either.
static inline uint64_t ceph_shim_rbd_features_default(void) { return RBD_FEATURES_DEFAULT; }

// GNU extensions that Swift's view of glibc lacks: "ENOENT" for 2, NULL for a number that has no name; a name of
// at most 15 bytes for the calling thread; free memory of all threads' heaps back to the system.
const char *ceph_shim_errno_name(int number);
void ceph_shim_name_thread(const char *name);
void ceph_shim_trim_heap(void);

// Calls newer than Ceph 16, found at run time. Each returns -EOPNOTSUPP when the installed library lacks it;
// ceph_shim_has_symbol tells that case from a cluster's own refusal.
int ceph_shim_has_symbol(const char *name);
int ceph_shim_rbd_clone4(rados_ioctx_t parent, const char *parent_name, uint64_t parent_snapshot,
                         rados_ioctx_t child, const char *child_name, rbd_image_options_t options);

#endif
