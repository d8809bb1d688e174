import Foundation
import LabSupport
import Synchronization
import Vocabulary

/// What a node does with a volume: attach, format, mount, check. All of it lives in one folder, and ``release()``
/// ends it from whatever state it is in.
final class Node: Sendable {
    /// The folder for mounts, logs and copies.
    let folder: URL
    /// Where disks are mounted, one at a time.
    private var place: URL { folder.appending(path: "mounted") }
    private let ceph: CephLab
    private let exports = Mutex<[ChildProcess]>([])

    private init(_ ceph: CephLab, _ folder: URL) {
        self.ceph = ceph
        self.folder = folder
    }

    /// Runs `body` with a node that has nothing attached, and releases everything whatever comes of it. After a failure the
    /// folder with the logs stays.
    static func with(_ ceph: CephLab, _ body: (Node) async throws -> Void) async throws {
        let folder = URL(filePath: "/tmp/holdfast-node-\(UUID().uuidString.prefix(8).lowercased())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let node = Node(ceph, folder)
        do {
            try await body(node)
        } catch {
            try await Task { try await node.release() }.value
            throw NodeFailure(cause: error, folder: folder)
        }
        try await node.release()
        try FileManager.default.removeItem(at: folder)
    }

    /// A block device of this machine.
    struct Disk: Sendable {
        /// Such as /dev/loop3.
        let device: String
        /// The file behind it.
        let file: URL
        /// Who serves that file; nil if it is a plain one.
        let export: ChildProcess?
    }

    // MARK: Attach and detach

    /// Attaches a volume: qemu-storage-daemon shows the image as a file through FUSE, and a loop device makes a disk of
    /// that. Its writes go through librbd with its cache on; a flush goes all the way down.
    func attach(_ volume: Volume) async throws -> Disk {
        let file = folder.appending(path: volume.image)
        try Data().write(to: file)
        let image = "driver=rbd,node-name=image,pool=\(volume.pool),image=\(volume.image)"
        let export = try await ChildProcess.start(
            [
                "qemu-storage-daemon", "--blockdev", "\(image),conf=\(ceph.conf),user=holdfast", "--export",
                "type=fuse,id=export,node-name=image,mountpoint=\(file.path),writable=on",
            ], log: folder.appending(path: "export.log"))
        exports.withLock { $0.append(export) }
        try await eventually("the image is exported") { try mounts().contains(file.path) }
        return try await disk(file, export)
    }

    /// Attaches a copy of a volume that `rbd export` has made, a plain file.
    func attachCopy(of volume: Volume) async throws -> Disk {
        let file = folder.appending(path: "copy")
        try await ceph.rbd(
            ["export", "--no-progress", "\(volume.pool)/\(volume.image)", file.path], as: .holdfast,
            deadline: .in(.seconds(120)))
        return try await disk(file, nil)
    }

    private func disk(_ file: URL, _ export: ChildProcess?) async throws -> Disk {
        let device = try await Command(["losetup", "--find", "--show", "--direct-io=on", file.path]).run()
        return Disk(device: device.trimmingCharacters(in: .whitespacesAndNewlines), file: file, export: export)
    }

    /// Detaches a disk that is not mounted, in good order, and drops the machine's caches.
    func detach(_ disk: Disk) async throws {
        try await Command(["losetup", "--detach", disk.device]).run()
        if let export = disk.export {
            try await eventually("\(disk.device) is free") { try await !devices().contains(disk.device) }
            try await export.terminate()
            try await eventually("the export is gone") { try !mounts().contains(disk.file.path) }
        }
        try Data("3".utf8).write(to: URL(filePath: "/proc/sys/vm/drop_caches"))
    }

    // MARK: The file system

    /// Makes a file system.
    func format(_ disk: Disk) async throws {
        try await Command(["mkfs.ext4", "-q", disk.device]).run()
    }

    /// Reads the whole file system's structure and changes nothing.
    ///
    /// - Throws: `CommandFailure` with what is wrong with it.
    func check(_ disk: Disk) async throws {
        try await Command(["e2fsck", "-f", "-n", disk.device]).run()
    }

    /// Mounts a disk. A journal that was left behind is replayed, as ever.
    ///
    /// - Returns: Where it is mounted.
    func mount(_ disk: Disk) async throws -> URL {
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try await Command(["mount", disk.device, place.path]).run()
        return place
    }

    /// Unmounts the disk that is mounted. Everything that the file system had in memory is on the disk then.
    func unmount() async throws {
        try await Command(["umount", place.path]).run()
    }

    // MARK: The end

    /// Loses the node, as far as the volume is concerned: what attaches it is killed, with whatever it had in memory. The
    /// disk's file system gets errors from then on.
    func lose(_ disk: Disk) async throws {
        try await disk.export?.kill()
    }

    /// Kills the exports, unmounts and detaches everything in this node's folder, whatever state it is in.
    ///
    /// - Throws: `NeverHappened` if the kernel does not let go of something.
    func release() async throws {
        // First, so that whatever waits for an answer of the cluster gets an error and lets go.
        for export in exports.withLock({ $0 }) { try await export.kill() }
        try await unmountAll(below: place.path)
        // Before their files go: the kernel tells a loop device by its file's path.
        try await eventually("every loop device of \(folder.path) is free") {
            for device in try await devices() { _ = try await Command(["losetup", "--detach", device]).result() }
            return try await devices()
        } until: {
            $0.isEmpty
        }
        try await unmountAll(below: folder.path)
    }

    private func unmountAll(below path: String) async throws {
        try await eventually("everything below \(path) is unmounted") {
            for mount in try mounts().reversed() where mount.hasPrefix(path) {
                _ = try await Command(["umount", mount]).result()
            }
            return try mounts()
        } until: {
            !$0.contains { $0.hasPrefix(path) }
        }
    }

    /// What is mounted in this node's folder, in the order of mounting.
    private func mounts() throws -> [String] {
        try String(contentsOfFile: "/proc/self/mounts", encoding: .utf8).split(separator: "\n")
            .compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }
            .filter { $0.hasPrefix(folder.path + "/") }
    }

    /// The loop devices whose file is in this node's folder.
    private func devices() async throws -> [String] {
        let list = ["losetup", "--list", "--noheadings", "--raw", "--output", "NAME,BACK-FILE"]
        return try await Command(list).run().split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            return words.count > 1 && words[1].hasPrefix(folder.path + "/") ? words[0] : nil
        }
    }
}

/// A failure on a node, with where to look.
struct NodeFailure: Error, CustomStringConvertible {
    let cause: any Error
    let folder: URL

    var description: String { "\(cause)\nlogs: \(folder.path)" }
}
