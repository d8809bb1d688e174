#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>

#include "CephShim.h"

int ceph_shim_has_symbol(const char *name) { return dlsym(RTLD_DEFAULT, name) != NULL; }

typedef int (*rbd_clone4_t)(rados_ioctx_t, const char *, uint64_t, rados_ioctx_t, const char *, rbd_image_options_t);

int ceph_shim_rbd_clone4(rados_ioctx_t parent, const char *parent_name, uint64_t parent_snapshot,
                         rados_ioctx_t child, const char *child_name, rbd_image_options_t options) {
    rbd_clone4_t clone = (rbd_clone4_t)dlsym(RTLD_DEFAULT, "rbd_clone4");
    if (clone == NULL) return -EOPNOTSUPP;
    return clone(parent, parent_name, parent_snapshot, child, child_name, options);
}
