// The calls that are counted: those that reach a Ceph cluster. Each is a function of the same name as the library's, which
// the dynamic linker finds first, and which calls the library's.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <rados/librados.h>
#include <rbd/librbd.h>

#include "faults.h"

#define POINT(type, name, parameters, arguments) \
    type name parameters {                       \
        static type(*real) parameters;           \
        if (!real) real = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
        bool is_it = fault_before(#name);        \
        type result = real arguments;            \
        fault_after(is_it);                      \
        return result;                           \
    }

// Connections, pools, the mons.
POINT(int, rados_connect, (rados_t c), (c))
POINT(int, rados_ioctx_create, (rados_t c, const char *pool, rados_ioctx_t *io), (c, pool, io))
POINT(int, rados_ioctx_create2, (rados_t c, int64_t pool, rados_ioctx_t *io), (c, pool, io))
POINT(int64_t, rados_pool_lookup, (rados_t c, const char *pool), (c, pool))
POINT(int, rados_mon_command,
      (rados_t c, const char **cmd, size_t n, const char *in, size_t in_n, char **out, size_t *out_n, char **status,
       size_t *status_n),
      (c, cmd, n, in, in_n, out, out_n, status, status_n))
POINT(int, rados_blocklist_add, (rados_t c, char *address, uint32_t seconds), (c, address, seconds))
POINT(int, rados_wait_for_latest_osdmap, (rados_t c), (c))
POINT(int, rados_application_list, (rados_ioctx_t io, char *values, size_t *n), (io, values, n))
POINT(int, rados_application_enable, (rados_ioctx_t io, const char *name, int force), (io, name, force))

// Objects.
POINT(int, rados_aio_write_op_operate,
      (rados_write_op_t op, rados_ioctx_t io, rados_completion_t c, const char *object, time_t *time, int flags),
      (op, io, c, object, time, flags))
POINT(int, rados_aio_read_op_operate,
      (rados_read_op_t op, rados_ioctx_t io, rados_completion_t c, const char *object, int flags),
      (op, io, c, object, flags))
POINT(int, rados_aio_stat,
      (rados_ioctx_t io, const char *object, rados_completion_t c, uint64_t *size, time_t *time),
      (io, object, c, size, time))
POINT(int, rados_aio_remove, (rados_ioctx_t io, const char *object, rados_completion_t c), (io, object, c))
POINT(int, rados_aio_exec,
      (rados_ioctx_t io, const char *object, rados_completion_t c, const char *class, const char *method,
       const char *in, size_t in_n, char *out, size_t out_n),
      (io, object, c, class, method, in, in_n, out, out_n))
POINT(int, rados_aio_notify,
      (rados_ioctx_t io, const char *object, rados_completion_t c, const char *in, int in_n, uint64_t timeout,
       char **reply, size_t *reply_n),
      (io, object, c, in, in_n, timeout, reply, reply_n))
POINT(int, rados_object_list,
      (rados_ioctx_t io, const rados_object_list_cursor from, const rados_object_list_cursor to, const size_t n,
       const char *filter, const size_t filter_n, rados_object_list_item *items, rados_object_list_cursor *next),
      (io, from, to, n, filter, filter_n, items, next))

// Images.
POINT(int, rbd_create4, (rados_ioctx_t io, const char *name, uint64_t size, rbd_image_options_t options),
      (io, name, size, options))
POINT(int, rbd_remove_with_progress, (rados_ioctx_t io, const char *name, librbd_progress_fn_t cb, void *data),
      (io, name, cb, data))
POINT(int, rbd_trash_move, (rados_ioctx_t io, const char *name, uint64_t delay), (io, name, delay))
POINT(int, rbd_trash_get, (rados_ioctx_t io, const char *id, rbd_trash_image_info_t *info), (io, id, info))
POINT(int, rbd_trash_list, (rados_ioctx_t io, rbd_trash_image_info_t *entries, size_t *n), (io, entries, n))
POINT(int, rbd_trash_remove_with_progress,
      (rados_ioctx_t io, const char *id, bool force, librbd_progress_fn_t cb, void *data), (io, id, force, cb, data))
POINT(int, rbd_metadata_set, (rbd_image_t image, const char *key, const char *value), (image, key, value))
POINT(int, rbd_metadata_list,
      (rbd_image_t image, const char *start, uint64_t max, char *keys, size_t *keys_n, char *values, size_t *values_n),
      (image, start, max, keys, keys_n, values, values_n))
POINT(int, rbd_snap_list, (rbd_image_t image, rbd_snap_info_t *snaps, int *n), (image, snaps, n))
POINT(int, rbd_aio_open,
      (rados_ioctx_t io, const char *name, rbd_image_t *image, const char *snap, rbd_completion_t c),
      (io, name, image, snap, c))
POINT(int, rbd_aio_open_by_id,
      (rados_ioctx_t io, const char *id, rbd_image_t *image, const char *snap, rbd_completion_t c),
      (io, id, image, snap, c))
POINT(int, rbd_aio_open_read_only,
      (rados_ioctx_t io, const char *name, rbd_image_t *image, const char *snap, rbd_completion_t c),
      (io, name, image, snap, c))
POINT(int, rbd_aio_open_by_id_read_only,
      (rados_ioctx_t io, const char *id, rbd_image_t *image, const char *snap, rbd_completion_t c),
      (io, id, image, snap, c))
POINT(int, rbd_aio_close, (rbd_image_t image, rbd_completion_t c), (image, c))
