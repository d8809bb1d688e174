// The peer of the image benchmark: threads that make, or delete, the same images with the same journal entries as
// Holdfast, one blocking librados or librbd call after the other and nothing else.
//
//   thread-loop create|delete CONF ID POOL COUNT THREADS PREFIX SIZE_MIB
//
// PREFIX tells runs apart: volume n of a run is named pvc-<PREFIX>-<n as 12 digits> (PREFIX is the first 23 characters
// of a UUID). Prints one line of JSON: count, seconds, cpuSeconds of this process.

#include <errno.h>
#include <pthread.h>
#include <rados/librados.h>
#include <rbd/librbd.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *DIRECTORY = "csi.volumes.default";
static const char *INTENTS = "holdfast.intents.benchmark";

static rados_ioctx_t io;
static const char *prefix;
static uint64_t image_size;
static int total;
static int deleting;
static atomic_int next_volume;

static double seconds_of(clockid_t clock) {
    struct timespec moment;
    clock_gettime(clock, &moment);
    return moment.tv_sec + moment.tv_nsec / 1e9;
}

static void check(int result, const char *what, const char *on) {
    if (result < 0) {
        fprintf(stderr, "error: %s on %s: %s\n", what, on, strerror(-result));
        exit(1);
    }
}

static void set_key(const char *object, const char *key, const char *value) {
    size_t length = strlen(value);
    rados_write_op_t op = rados_create_write_op();
    rados_write_op_omap_set(op, &key, &value, &length, 1);
    check(rados_write_op_operate(op, io, object, NULL, 0), "omap_set", object);
    rados_release_write_op(op);
}

static void remove_key(const char *object, const char *key) {
    size_t length = strlen(key);
    rados_write_op_t op = rados_create_write_op();
    rados_write_op_omap_rm_keys2(op, &key, &length, 1);
    check(rados_write_op_operate(op, io, object, NULL, 0), "omap_rm_keys", object);
    rados_release_write_op(op);
}

static void compare_and_remove_key(const char *object, const char *key, const char *value) {
    int mismatch = 0;
    size_t length = strlen(key);
    rados_write_op_t op = rados_create_write_op();
    rados_write_op_omap_cmp(op, key, LIBRADOS_CMPXATTR_OP_EQ, value, strlen(value), &mismatch);
    rados_write_op_omap_rm_keys2(op, &key, &length, 1);
    check(rados_write_op_operate(op, io, object, NULL, 0), "omap_cmp", object);
    rados_release_write_op(op);
}

// What the volume's object says: the image to delete.
static void read_reservation(const char *object) {
    const char *keys[] = {"csi.volname", "csi.imagename", "csi.imageid"};
    const size_t lengths[] = {strlen(keys[0]), strlen(keys[1]), strlen(keys[2])};
    rados_omap_iter_t found;
    int result = 0;
    rados_read_op_t op = rados_create_read_op();
    rados_read_op_omap_get_vals_by_keys2(op, keys, 3, lengths, &found, &result);
    check(rados_read_op_operate(op, io, object, 0), "omap_get_vals_by_keys", object);
    check(rados_omap_iter_size(found) == 3 ? 0 : -ENOENT, "omap_get_vals_by_keys", object);
    rados_omap_get_end(found);
    rados_release_read_op(op);
}

// Ceph's encoding: four bytes of length, then the text.
static size_t encode(char *to, const char *text) {
    uint32_t length = strlen(text);
    memcpy(to, &length, sizeof length);
    memcpy(to + sizeof length, text, length);
    return sizeof length + length;
}

// Notes in the image's metadata who deleted it.
static void set_metadata(const char *image_id) {
    char header[96], input[256];
    uint32_t count = 1;
    snprintf(header, sizeof header, "rbd_header.%s", image_id);
    memcpy(input, &count, sizeof count);
    size_t length = sizeof count;
    length += encode(input + length, "holdfast.io/deleted-by");
    length += encode(input + length, "benchmark");
    int result = 0;
    rados_write_op_t op = rados_create_write_op();
    rados_write_op_assert_exists(op);
    rados_write_op_exec(op, "rbd", "metadata_set", input, length, &result);
    check(rados_write_op_operate(op, io, header, NULL, 0), "metadata_set", header);
    rados_release_write_op(op);
}

// Opens the image, looks for what would forbid its deletion, and gives its id.
static void inspect(const char *image, char *id, size_t size) {
    rbd_image_t handle;
    check(rbd_open_read_only(io, image, &handle, NULL), "rbd_open_read_only", image);
    check(rbd_get_id(handle, id, size), "rbd_get_id", image);
    rbd_image_watcher_t watchers[16];
    size_t watcher_count = 16;
    check(rbd_watchers_list(handle, watchers, &watcher_count), "rbd_watchers_list", image);
    rbd_watchers_list_cleanup(watchers, watcher_count);
    rbd_snap_info_t snapshots[16];
    int snapshot_count = 16;
    check(rbd_snap_list(handle, snapshots, &snapshot_count), "rbd_snap_list", image);
    rbd_snap_list_end(snapshots);
    check(rbd_close(handle), "rbd_close", image);
}

static void create_volume(const char *uuid) {
    char name[64], directory_key[80], object[64], image[64], id_object[80], intent[256], id[64];
    snprintf(name, sizeof name, "pvc-%s", uuid);
    snprintf(directory_key, sizeof directory_key, "csi.volume.%s", name);
    snprintf(object, sizeof object, "csi.volume.%s", uuid);
    snprintf(image, sizeof image, "csi-vol-%s", uuid);
    snprintf(id_object, sizeof id_object, "rbd_id.%s", image);
    snprintf(intent, sizeof intent, "{\"v\":1,\"op\":\"create\",\"name\":\"%s\",\"image\":\"%s\"}", name, image);

    set_key(INTENTS, uuid, intent);

    const char *keys[] = {"csi.volname", "csi.imagename", "csi.volume.owner"};
    const char *values[] = {name, image, "default"};
    const size_t lengths[] = {strlen(name), strlen(image), strlen("default")};
    rados_write_op_t op = rados_create_write_op();
    rados_write_op_create(op, LIBRADOS_CREATE_EXCLUSIVE, NULL);
    rados_write_op_omap_set(op, keys, values, lengths, 3);
    check(rados_write_op_operate(op, io, object, NULL, 0), "create", object);
    rados_release_write_op(op);

    int mismatch = 0;
    const char *key = directory_key;
    size_t length = strlen(uuid);
    op = rados_create_write_op();
    rados_write_op_omap_cmp(op, key, LIBRADOS_CMPXATTR_OP_EQ, "", 0, &mismatch);
    rados_write_op_omap_set(op, &key, &uuid, &length, 1);
    check(rados_write_op_operate(op, io, DIRECTORY, NULL, 0), "directory", directory_key);
    rados_release_write_op(op);

    rbd_image_options_t options;
    rbd_image_options_create(&options);
    rbd_image_options_set_uint64(options, RBD_IMAGE_OPTION_FEATURES, RBD_FEATURE_LAYERING);
    check(rbd_create4(io, image, image_size, options), "rbd_create4", image);
    rbd_image_options_destroy(options);

    // The id: four bytes of length, then the text.
    int bytes = rados_read(io, id_object, id, sizeof id - 1, 0);
    check(bytes, "read", id_object);
    id[bytes] = 0;
    set_key(object, "csi.imageid", id + 4);
    remove_key(INTENTS, uuid);
}

static void delete_volume(const char *uuid) {
    char name[64], directory_key[80], object[64], image[64], intent[256], id[64];
    snprintf(name, sizeof name, "pvc-%s", uuid);
    snprintf(directory_key, sizeof directory_key, "csi.volume.%s", name);
    snprintf(object, sizeof object, "csi.volume.%s", uuid);
    snprintf(image, sizeof image, "csi-vol-%s", uuid);
    snprintf(intent, sizeof intent, "{\"v\":1,\"op\":\"delete\",\"name\":\"%s\",\"image\":\"%s\"}", name, image);

    read_reservation(object);
    inspect(image, id, sizeof id);
    set_key(INTENTS, uuid, intent);
    set_metadata(id);
    check(rbd_trash_move(io, image, 0), "rbd_trash_move", image);
    compare_and_remove_key(DIRECTORY, directory_key, uuid);
    check(rados_remove(io, object), "remove", object);
    remove_key(INTENTS, uuid);
}

static void *work(void *unused) {
    (void)unused;
    for (;;) {
        int number = atomic_fetch_add(&next_volume, 1);
        if (number >= total) return NULL;
        char uuid[64];
        snprintf(uuid, sizeof uuid, "%s-%012d", prefix, number);
        if (deleting) delete_volume(uuid); else create_volume(uuid);
    }
}

int main(int argc, char **argv) {
    if (argc != 9 || strlen(argv[7]) != 23 || (strcmp(argv[1], "create") != 0 && strcmp(argv[1], "delete") != 0)) {
        fprintf(stderr, "usage: thread-loop create|delete CONF ID POOL COUNT THREADS PREFIX(23 characters) SIZE_MIB\n");
        return 64;
    }
    deleting = strcmp(argv[1], "delete") == 0;
    total = atoi(argv[5]);
    int threads = atoi(argv[6]);
    prefix = argv[7];
    image_size = (uint64_t)atoll(argv[8]) << 20;

    rados_t cluster;
    check(rados_create(&cluster, argv[3]), "rados_create", argv[3]);
    check(rados_conf_read_file(cluster, argv[2]), "rados_conf_read_file", argv[2]);
    check(rados_connect(cluster), "rados_connect", argv[2]);
    check(rados_ioctx_create(cluster, argv[4], &io), "rados_ioctx_create", argv[4]);

    double began = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    pthread_t *workers = calloc(threads, sizeof *workers);
    for (int i = 0; i < threads; i++) pthread_create(&workers[i], NULL, work, NULL);
    for (int i = 0; i < threads; i++) pthread_join(workers[i], NULL);
    double seconds = seconds_of(CLOCK_MONOTONIC) - began;
    double used = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("{\"count\":%d,\"seconds\":%.4f,\"cpuSeconds\":%.4f}\n", total, seconds, used);
    free(workers);
    rados_ioctx_destroy(io);
    rados_shutdown(cluster);
    return 0;
}
